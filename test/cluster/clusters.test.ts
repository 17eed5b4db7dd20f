import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import type { ClusterAccess } from '../kubernetes/access.ts'
import { describeNode } from '../kubernetes/shared.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { alone } from './alone.ts'
import { whyWaiting } from './available.ts'
import { FRANCE, MANAGEMENT } from './clusters.ts'
import { type CommandHome, cluster, startCommand } from './contexts/testing/command.ts'
import { stopClusters } from './down.ts'
import { footprint } from './footprint.ts'
import { namespaceOf } from './network.ts'
import { importImages } from './node/images.ts'
import { controlNode, cutPower, isOn } from './node/machine.ts'
import { HOME, LOCK, placesOf } from './places.ts'
import { succeeds } from './run.ts'
import { busyboxImage, IMAGES } from './services/images.ts'
import { whatIsInTheWay } from './testing/in-the-way.ts'
import { startClusters } from './up.ts'
import { until } from './wait.ts'

/** Somebody works with clusters of this machine: they are not the tests' to end. */
const inTheWay = () => whatIsInTheWay({ home: HOME, lock: LOCK })

describeNode('the local clusters', suite, inTheWay)

function suite(): void {
  let directory: ReturnType<typeof temporaryDirectory>
  const home = () => ({ kubeconfig: join(directory.path, 'kubeconfig'), state: directory.path })

  beforeEach(() => {
    directory = temporaryDirectory()
    expect(inTheWay(), 'also after the test before').toBeUndefined()
  })
  afterEach(() => directory[Symbol.dispose]())

  it('come up, come up again after every kind of end, and leave nothing on the machine', async () => {
    await stop() // what killed runs have left beside the clusters
    const before = await footprint(HOME)
    onTestFinished(stop)

    await upKilledAs(home(), isNetworkThere)
    await upKilledAs(home(), isNodeSwitchedOn)
    await start()
    const first = await cluster(home(), 'status')
    await cluster(home(), 'up', '--bare')
    const again = await cluster(home(), 'status')
    expect(again.out, 'a second up changes nothing').toEqual(first.out)

    await controlNode(FRANCE).kill('kubelet')
    await cutPower(MANAGEMENT)
    expect(isOn(MANAGEMENT)).toBe(false)
    const [management, france] = await start()
    const nodes = await management.kubectl(['get', 'nodes', '--output=name'])
    expect(nodes, 'its memory outlives a power cut').toBe('node/management\n')

    await runPod(france)
    expect((await footprint(HOME)).cgroups).toContainEqual(
      expect.stringMatching(/platen-france\/kubepods\/.*\/pod/),
    )
    await stop()
    expect(await footprint(HOME)).toEqual(before)
  }, 300_000)

  it('can be ended when there are none', async () => {
    const { status, err } = await cluster(home(), 'down')

    expect({ status, err }).toEqual({ status: 0, err: '' })
  })
}

/** The commands in between take the lock themselves. */
async function start(): Promise<[ClusterAccess, ClusterAccess]> {
  let clusters: ClusterAccess[] = []
  await alone(LOCK, async () => {
    clusters = await startClusters(() => {})
  })
  return clusters as [ClusterAccess, ClusterAccess]
}

const stop = () => alone(LOCK, stopClusters)

/** As with Ctrl-C at a bad moment. */
async function upKilledAs(home: CommandHome, isSo: () => Promise<boolean>): Promise<void> {
  const child = startCommand(home, 'up', '--bare')
  const exited = once(child, 'exit')
  const said = text(child.stderr)
  while (child.exitCode === null && !(await isSo())) await sleep(20)
  child.kill('SIGKILL')
  const [, signal] = await exited
  expect(signal, `it has not ended by itself: ${await said}`).toBe('SIGKILL')
}

/** And not much else. */
const isNetworkThere = () => succeeds('ip', ['netns', 'exec', namespaceOf(FRANCE), 'true'])

/** Or is about to be. */
const isNodeSwitchedOn = async () => existsSync(join(placesOf(FRANCE.name).logs, 'init.log'))

/** It has of everything that a pod could leave on the machine: control groups, mounts, an interface. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name: 'one' },
  spec: {
    containers: [
      {
        name: 'one',
        image: IMAGES.busybox,
        volumeMounts: [{ name: 'empty', mountPath: '/empty' }],
      },
    ],
    volumes: [{ name: 'empty', emptyDir: { medium: 'Memory' } }],
  },
}

async function runPod({ kubectl, rest }: ClusterAccess): Promise<void> {
  await importImages(FRANCE, [await busyboxImage()])
  await until('a pod runs', async () => {
    await kubectl(['apply', '--server-side', '-f', '-'], { input: [POD] })
    const pod = await rest.call('GET', '/api/v1/namespaces/default/pods/one')
    return pod.status.phase === 'Running' ? undefined : (whyWaiting(pod) ?? pod.status.phase)
  })
}
