import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { run } from '../../run.ts'
import type { Request } from './agent.ts'

/** Addresses of the laboratory; its namespaces see no other network, so they may be anybody's. */
export const POD_CIDR = '10.199.0.0/16'
export const NODE = '192.0.2.1'
export const OUTSIDE = '192.0.2.2'
const GATEWAY = '10.199.0.1'

/** A place on the laboratory's network, with the process that does there what it is told. */
export interface Host extends AsyncDisposable {
  address: string
  /** What the agent answers; false also for what failed or took too long. */
  tell(request: Request): Promise<boolean>
  /** Its address of IPv6 on a device, which every device gets by itself. */
  linkLocal(device?: string): Promise<string>
}

/**
 * A node, as a local cluster has it: a bridge of pods and a way out, in network namespaces that only the laboratory's
 * processes hold, so that nothing of it outlives them.
 */
export interface Lab extends AsyncDisposable {
  node: Host
  outside: Host
  pod(address: string): Promise<Host>
  /** Of the process that holds the node's network namespace. */
  pid: number
  /** Runs a command in the node's network. */
  run(command: string[], input?: string): Promise<string>
}

interface Agent extends Host {
  pid: number
}

const AGENT = fileURLToPath(new URL('agent.ts', import.meta.url))

export async function startLab(): Promise<Lab> {
  const agents: Agent[] = []
  const start = async (address: string) => {
    const agent = await startAgent(address)
    agents.push(agent)
    return agent
  }
  const node = await start(NODE)
  const inNode = (command: string[], input?: string) => runIn(node.pid, command, input)
  const outside = await start(OUTSIDE)
  await inNode(['ip', 'link', 'add', 'cni0', 'type', 'bridge'])
  await inNode(['ip', 'address', 'add', `${GATEWAY}/16`, 'dev', 'cni0'])
  await inNode(['ip', 'link', 'set', 'cni0', 'up'])
  await inNode(['ip', 'link', 'set', 'lo', 'up'])
  await inNode([
    'ip',
    'link',
    'add',
    'eth0',
    'type',
    'veth',
    'peer',
    'eth0',
    'netns',
    `${outside.pid}`,
  ])
  await inNode(['ip', 'address', 'add', `${NODE}/24`, 'dev', 'eth0'])
  await inNode(['ip', 'link', 'set', 'eth0', 'up'])
  await plug(outside, { address: `${OUTSIDE}/24`, gateway: NODE })
  const settings = [
    'net.ipv4.ip_forward=1',
    'net.bridge.bridge-nf-call-iptables=1',
    'net.bridge.bridge-nf-call-ip6tables=1',
  ]
  await inNode(['sysctl', '-q', '-w', ...settings])
  return {
    node,
    outside,
    pid: node.pid,
    run: inNode,
    async pod(address) {
      const pod = await start(address)
      const cable = `veth${pod.pid}`
      await inNode([
        'ip',
        'link',
        'add',
        cable,
        'type',
        'veth',
        'peer',
        'eth0',
        'netns',
        `${pod.pid}`,
      ])
      await inNode(['ip', 'link', 'set', cable, 'master', 'cni0', 'up'])
      await inNode(['bridge', 'link', 'set', 'dev', cable, 'hairpin', 'on'])
      await plug(pod, { address: `${address}/16`, gateway: GATEWAY })
      return pod
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(agents.map(agent => agent[Symbol.asyncDispose]()))
    },
  }
}

async function plug({ pid }: Agent, { address, gateway }: { address: string; gateway: string }) {
  await runIn(pid, ['ip', 'link', 'set', 'lo', 'up'])
  await runIn(pid, ['ip', 'address', 'add', address, 'dev', 'eth0'])
  await runIn(pid, ['ip', 'link', 'set', 'eth0', 'up'])
  await runIn(pid, ['ip', 'route', 'add', 'default', 'via', gateway])
}

async function runIn(pid: number, command: string[], input?: string): Promise<string> {
  return await run('nsenter', [`--net=/proc/${pid}/ns/net`, ...command], input)
}

async function startAgent(address: string): Promise<Agent> {
  const child: ChildProcess = spawn('unshare', ['--net', process.execPath, AGENT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const { stdin, stdout, pid } = child
  if (!stdin || !stdout || pid === undefined) throw new Error('cannot start an agent')
  const exited = once(child, 'exit')
  const lines = createInterface({ input: stdout })
  await once(lines, 'line') // from now on it is in its own network
  const waiting = new Map<number, (ok: boolean) => void>()
  let asked = 0
  lines.on('line', line => {
    const { id, ok } = JSON.parse(line)
    waiting.get(id)?.(ok)
    waiting.delete(id)
  })
  return {
    pid,
    address,
    async tell(request) {
      const id = ++asked
      stdin.write(`${JSON.stringify({ id, ...request })}\n`)
      return await new Promise(resolve => waiting.set(id, resolve))
    },
    async linkLocal(device = 'eth0') {
      return await linkLocal(pid, device)
    },
    async [Symbol.asyncDispose]() {
      stdin.end()
      await exited
    },
  }
}

/** In use only once the kernel has found that nobody else has it. */
async function linkLocal(pid: number, device: string): Promise<string> {
  for (;;) {
    const show = ['ip', '-6', 'address', 'show', 'dev', device, 'scope', 'link', '-tentative']
    const found = /inet6 ([\da-f:]+)/.exec(await runIn(pid, show))?.[1]
    if (found) return found
    await sleep(100)
  }
}
