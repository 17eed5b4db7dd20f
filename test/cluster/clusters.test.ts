import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeNode } from '../kubernetes/shared.ts'
import { CLUSTERS, FRANCE, MANAGEMENT } from './clusters.ts'
import { stopClusters } from './down.ts'
import { footprint } from './footprint.ts'
import { controlNode, cutPower, isOn } from './node/machine.ts'
import { HOME } from './places.ts'
import { succeeds } from './run.ts'
import { startClusters } from './up.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

async function cluster(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await exited
  return { status, out, err }
}

const tell = () => {}

// Somebody works with the clusters of this machine: they are not the tests' to end.
const describeOwn = CLUSTERS.some(isOn) ? describe.skip : describeNode

describeOwn('the local clusters', () => {
  it('come up, come up again after every kind of end, and leave nothing on the machine', async () => {
    const before = await footprint(HOME)
    onTestFinished(stopClusters)

    await upKilledHalfWay()
    await startClusters(tell)
    const once = await cluster('status')
    await cluster('up', '--bare')
    const again = await cluster('status')
    expect(again.out, 'a second up changes nothing').toEqual(once.out)

    await controlNode(FRANCE).kill('kubelet')
    await cutPower(MANAGEMENT)
    expect(isOn(MANAGEMENT)).toBe(false)
    const [management] = await startClusters(tell)
    const nodes = await management?.kubectl(['get', 'nodes', '--output=name'])
    expect(nodes, 'its memory outlives a power cut').toBe('node/management\n')

    await stopClusters()
    expect(await footprint(HOME)).toEqual(before)
  })

  it('can be ended when there are none', async () => {
    const { status, err } = await cluster('down')

    expect({ status, err }).toEqual({ status: 0, err: '' })
  })
})

/** As with Ctrl-C at a bad moment: the network is there, and not much else. */
async function upKilledHalfWay(): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'up', '--bare'], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  while (!(await succeeds('ip', ['netns', 'exec', 'platen-france', 'true']))) await sleep(20)
  child.kill('SIGKILL')
  await exited
}
