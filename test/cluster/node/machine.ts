import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClusterPlan } from '../clusters.ts'
import { readJson } from '../json.ts'
import { namespaceOf } from '../network.ts'
import { placesOf } from '../places.ts'
import { controlOf } from './control.ts'
import type { NodePlan } from './program.ts'

/** The process whose end is the node's end, known again by when it started. */
interface Holder {
  pid: number
  startTime: string
}

const INIT = fileURLToPath(new URL('init.ts', import.meta.url))

/**
 * Switches a node on: namespaces of its own for processes, mounts and its name, the network namespace that is there,
 * and in them the init, which outlives this process. One that runs is left running.
 * @returns whether it was off.
 */
export async function switchOn(cluster: ClusterPlan, plan: NodePlan): Promise<boolean> {
  if (isOn(cluster)) return false
  const places = placesOf(cluster.name)
  for (const folder of [places.logs, places.volumes]) mkdirSync(folder, { recursive: true })
  writeFileSync(places.node, JSON.stringify(plan, null, 2), { mode: 0o600 })
  freeAddresses(places.addresses)
  const log = openSync(join(places.logs, 'init.log'), 'a')
  const net = `--net=/run/netns/${namespaceOf(cluster)}`
  const child = spawn(
    'sh',
    ['-c', BECOME_HOLDER, places.holder, 'nsenter', net, ...unshare(places.node)],
    {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: '/',
    },
  )
  closeSync(log)
  child.unref()
  await untilAnswers(cluster, child)
  return true
}

/**
 * A Holder writes itself down before it becomes what it holds: this process may be killed at any moment, and a node that
 * nobody knows would run for ever. Its arguments are the file and the command.
 */
const BECOME_HOLDER = `
printf '{"pid":%s,"startTime":"%s"}' $$ "$(cut -d ' ' -f 22 /proc/$$/stat)" > "$0.new" && mv "$0.new" "$0" && exec "$@"
`

/**
 * No pod outlives its node. The address that was given last is kept: a pod that comes now must not get the address of one
 * that the API still shows there.
 */
function freeAddresses(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\d$/.test(name) && !name.includes('last_reserved')) rmSync(join(folder, name))
  }
}

/** With its parent the init dies, and with the init everything in its namespace of processes. */
function unshare(plan: string): string[] {
  const namespaces = ['--mount', '--pid', '--uts', '--fork', '--mount-proc', '--kill-child']
  return ['unshare', ...namespaces, 'tini', '--', process.execPath, INIT, plan]
}

async function untilAnswers(cluster: ClusterPlan, holder: ChildProcess): Promise<void> {
  const { socket, logs } = placesOf(cluster.name)
  for (let tries = 0; tries < 100; tries += 1) {
    if (holder.exitCode !== null || holder.signalCode !== null) break
    if (
      await controlOf(socket)
        .programs()
        .then(
          () => true,
          () => false,
        )
    )
      return
    await sleep(100)
  }
  throw new Error(
    `cannot switch on ${cluster.name}: its init does not answer; see ${join(logs, 'init.log')}`,
  )
}

export function isOn(cluster: ClusterPlan): boolean {
  return holderOf(cluster) !== undefined
}

/** @throws when the node is off. */
export function controlNode(cluster: ClusterPlan) {
  return controlOf(placesOf(cluster.name).socket)
}

/** Programs and arguments that run a command inside the node. */
export function inside(cluster: ClusterPlan, command: string[]): string[] {
  const holder = holderOf(cluster)
  if (!holder) throw new Error(`cannot enter ${cluster.name}: it is off; run npm run cluster -- up`)
  const [init] = childrenOf(holder.pid)
  return ['nsenter', `--target=${init}`, '--mount', '--pid', '--net', '--uts', ...command]
}

/** As when somebody pulls the plug: everything in the node is killed at once. */
export async function cutPower(cluster: ClusterPlan): Promise<void> {
  const holder = holderOf(cluster)
  if (!holder) return
  const [init] = childrenOf(holder.pid) // a killed process has none
  process.kill(holder.pid, 'SIGKILL')
  // The kernel ends all processes of the namespace before its first one.
  while (init !== undefined && startTimeOf(init) !== undefined) await sleep(20)
}

function holderOf(cluster: ClusterPlan): Holder | undefined {
  const holder = readJson<Holder>(placesOf(cluster.name).holder)
  return holder && startTimeOf(holder.pid) === holder.startTime ? holder : undefined
}

/** In clock ticks since the machine started (proc_pid_stat(5)); undefined: there is no such process. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : rest[18]
  } catch {
    return undefined
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
