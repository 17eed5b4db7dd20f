import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ControlPlane, describeKubernetes, startControlPlane } from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { PLACE } from './testing/cluster.ts'
import { type Host, type Lab, POD_CIDR, startLab } from './testing/lab.ts'
import { describeLab } from './testing/suite.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const PATIENCE_MS = 500
const UNTIL = { timeout: 30_000 }

await describeLab('the enforcer', () => {
  describeKubernetes('of a cluster', () => {
    const own = temporaryDirectory()
    let plane: ControlPlane
    let lab: Lab
    let client: Host
    let server: Host
    let enforcer: ChildProcess

    beforeAll(async () => {
      plane = await startControlPlane({ name: 'policies', controllers: 'basic' })
      lab = await startLab()
      client = await lab.pod('10.199.0.2')
      server = await lab.pod('10.199.0.3')
      await server.tell({ do: 'listen', protocol: 'TCP', port: 80 })
      await plane.kubectl(['create', 'namespace', 'one'])
      await plane.kubectl(['create', 'namespace', 'other'])
      await run('other', 'client', client.address)
      await run('one', 'server', server.address)
      // The API server is on this machine, and the rules are to be in the laboratory.
      const nft = `#!/bin/sh\nPATH=\${PATH#*:} exec nsenter --net=/proc/${lab.pid}/ns/net nft "$@"\n`
      writeFileSync(join(own.path, 'nft'), nft, { mode: 0o755 })
    })
    afterAll(async () => {
      await plane?.stop()
      await lab?.[Symbol.asyncDispose]()
      own[Symbol.dispose]()
    })

    beforeEach(start)
    afterEach(async () => {
      await plane.kubectl([
        'delete',
        'networkpolicy',
        'it',
        '--namespace=one',
        '--ignore-not-found',
      ])
      await label('namespace', 'other', 'team-')
      await stop('SIGTERM')
    })

    function start(): void {
      const flags = ['--kubeconfig', plane.kubeconfig, '--pod-cidr', POD_CIDR]
      enforcer = spawn(process.execPath, [MAIN, ...flags, '--table', PLACE.table], {
        env: { ...process.env, PATH: `${own.path}:${process.env.PATH}` },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    }

    async function stop(signal: NodeJS.Signals): Promise<void> {
      const exited = once(enforcer, 'exit')
      enforcer.kill(signal)
      await exited
    }

    /** What a kubelet would write, for a pod that the laboratory runs. */
    async function run(namespace: string, name: string, ip: string): Promise<void> {
      const spec = {
        containers: [{ name: 'it', image: 'none' }],
        automountServiceAccountToken: false,
      }
      const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec }
      const account = ['wait', '--for=create', 'serviceaccount/default', '--timeout=60s']
      await plane.kubectl([...account, '--namespace', namespace])
      await plane.kubectl(['create', '-f', '-'], { input: [object] })
      await report(namespace, name, { phase: 'Running', podIP: ip, podIPs: [{ ip }] })
    }

    async function report(namespace: string, name: string, status: object): Promise<void> {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`
      await plane.rest.call('PATCH', path, { patch: 'merge', body: { status } })
    }

    const label = (...what: string[]) => plane.kubectl(['label', '--overwrite', ...what])
    const connects = () =>
      client.tell({
        ...{ do: 'ask', protocol: 'TCP', address: server.address, port: 80, ms: PATIENCE_MS },
      } as const)
    const untilConnects = (is: boolean) => expect.poll(connects, UNTIL).toBe(is)

    async function allowFrom(labels: object): Promise<void> {
      const from = [{ namespaceSelector: { matchLabels: labels } }]
      const object = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'it', namespace: 'one' },
        spec: { podSelector: {}, ingress: [{ from }] },
      }
      await plane.kubectl(['apply', '-f', '-'], { input: [object] })
    }

    it('follows policies, labels of pods and of namespaces, and the ends of all of them', async () => {
      await untilConnects(true)
      await allowFrom({ team: 'red' })
      await untilConnects(false)
      await label('namespace', 'other', 'team=red')
      await untilConnects(true)
      await label('namespace', 'other', 'team=blue')
      await untilConnects(false)
      await plane.kubectl(['delete', 'networkpolicy', 'it', '--namespace=one'])
      await untilConnects(true)
      await report('other', 'client', { phase: 'Failed' })
      await untilConnects(false)
      await report('other', 'client', { phase: 'Running' })
      await untilConnects(true)
    })

    it('closes before it knows anything, and its rules outlive it', async () => {
      await untilConnects(true)
      await stop('SIGKILL')
      await allowFrom({ team: 'red' })
      await untilConnects(true) // as it was
      start()
      await untilConnects(false)

      await stop('SIGKILL')
      await lab.run(['nft', 'delete', 'table', 'inet', PLACE.table])
      await plane.stopApiServer('kill')
      start()
      await untilConnects(false)
      await plane.startApiServer()
      await label('namespace', 'other', 'team=red')
      await untilConnects(true)
    })

    it('goes on when the API server is back, with all that it missed', async () => {
      await untilConnects(true)
      await plane.stopApiServer('kill')
      await untilConnects(true) // what was in force stays
      await plane.startApiServer()
      await allowFrom({ team: 'red' })
      await untilConnects(false)
    })

    it('writes the table again when somebody flushed it', async () => {
      await untilConnects(true)
      await allowFrom({ team: 'red' })
      await untilConnects(false)
      await lab.run(['nft', 'flush', 'ruleset'])
      await expect.poll(() => lab.run(['nft', 'list', 'tables']), UNTIL).toContain(PLACE.table)
      expect(await connects()).toBe(false)
    })
  })
})

describe('its command line', () => {
  it.each([
    { why: 'help', args: ['--help'], status: 0, says: /--pod-cidr CIDR/ },
    { why: 'no kubeconfig', args: [], status: 2, says: /give --kubeconfig FILE/ },
    {
      why: 'a network that is none',
      args: ['--kubeconfig', 'x', '--pod-cidr', 'x'],
      status: 2,
      says: /cannot read --pod-cidr "x"/,
    },
    {
      why: 'a table that would be more than a name',
      args: ['--kubeconfig', 'x', '--pod-cidr', POD_CIDR, '--table', 'x { }'],
      status: 2,
      says: /cannot read --table/,
    },
  ])('$why', async ({ args, status, says }) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', data => (said += data))
    child.stderr.on('data', data => (said += data))
    expect(await once(child, 'close')).toEqual([status, null])
    expect(said).toMatch(says)
  })
})
