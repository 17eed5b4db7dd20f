import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodePlan, Program, ProgramState } from './program.ts'

/**
 * The first program in a node's namespaces, below tini: gives the node folders of its own, then keeps its programs
 * running as a service manager would. When it is killed, the kernel ends everything in the node. Its argument is the
 * file of a NodePlan.
 */

const RESTART_MS = 1_000

interface Service {
  program: Program
  state: ProgramState
  child?: ChildProcess
}

function main(): void {
  const plan: NodePlan = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'))
  mountAll(plan)
  const services = new Map(plan.programs.map(program => [program.name, newService(program)]))
  for (const service of services.values()) void keep(service, plan)
  listen(plan, services)
  process.once('SIGTERM', () => void stopAll([...services.values()]))
}

/** What is mounted here is seen in the node only, and goes with it, as after a reboot. */
function mountAll({ logs }: NodePlan): void {
  mount('--make-rshared', '/') // mounts have to reach containers
  mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run')
  mount('--bind', logs, '/var/log')
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`cannot mount ${args.join(' ')}: ${stderr.trim()}`)
}

function newService(program: Program): Service {
  return { program, state: { name: program.name, isWanted: true, restarts: 0 } }
}

async function keep(service: Service, plan: NodePlan): Promise<void> {
  const { state } = service
  while (state.isWanted) {
    state.ended = await runOnce(service, plan)
    if (!state.isWanted) return
    await sleep(RESTART_MS)
    state.restarts += 1
  }
}

function runOnce(service: Service, plan: NodePlan): Promise<string> {
  const { program, state } = service
  const log = openSync(join(plan.logs, `${program.name}.log`), 'a')
  const env = { ...process.env, ...program.env }
  const child = spawn(program.command, program.args, { stdio: ['ignore', log, log], env })
  closeSync(log)
  service.child = child
  if (child.pid !== undefined) state.pid = child.pid
  return new Promise(resolve => {
    child.once('error', error => ended(error.message))
    child.once('exit', (status, signal) => ended(signal ?? `status ${status}`))
    function ended(how: string): void {
      delete state.pid
      delete service.child
      resolve(how)
    }
  })
}

/** GET / tells the states; POST /NAME/start, /NAME/stop (SIGTERM), /NAME/kill (SIGKILL; it is started again). */
function listen(plan: NodePlan, services: Map<string, Service>): void {
  rmSync(plan.socket, { force: true })
  createServer((request, response) => {
    const [, name = '', deed = ''] = (request.url ?? '').split('/')
    if (name === '') {
      response.end(JSON.stringify([...services.values()].map(({ state }) => state)))
      return
    }
    const service = services.get(name)
    if (!service) {
      response.writeHead(404).end()
      return
    }
    act(service, deed, plan)
    response.end('{}')
  }).listen(plan.socket)
}

function act(service: Service, deed: string, plan: NodePlan): void {
  const { state } = service
  if (deed === 'kill') service.child?.kill('SIGKILL')
  if (deed === 'stop') {
    state.isWanted = false
    service.child?.kill('SIGTERM')
  }
  if (deed === 'start' && !state.isWanted) {
    state.isWanted = true
    if (!service.child) void keep(service, plan)
  }
}

/** Etcd and the API server last: the others say goodbye to them. */
async function stopAll(services: Service[]): Promise<void> {
  for (const service of services.toReversed()) {
    service.state.isWanted = false
    const { child } = service
    if (!child) continue
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await Promise.race([gone, sleep(2_000)])
  }
  process.exit(0)
}

main()
