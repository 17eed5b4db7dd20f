import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cluster/run.ts'

/** A container of the image as a pod has it: user 10001, read-only root, the network of this machine. */
export interface Container {
  /** The exit status; 128 and the signal's number where one ended it. */
  readonly ended: Promise<number>
  kill(signal: 'TERM' | 'KILL'): Promise<void>
  /** Runs a program in it, and answers with its output. */
  exec(...command: string[]): Promise<string>
  log(): string
  /** What it left for Kubernetes. */
  told(): string
}

export interface Start {
  /** Own, among those that run. */
  name: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** Folders of this machine by where they stand in the container. */
  mounts: Readonly<Record<string, string>>
}

/** The image's unpacked file system, and a folder for what runc needs. */
export interface Image {
  root: string
  folder: string
}

const ENTRYPOINT = '/usr/local/lib/platen/entrypoint.sh'
const PATH = '/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin'

export function startContainer(image: Image, start: Start): Container {
  const bundle = join(image.folder, start.name)
  mkdirSync(bundle, { recursive: true })
  const termination = join(bundle, 'termination-log')
  writeFileSync(termination, '')
  chmodSync(termination, 0o666)
  const mounts = { ...start.mounts, '/dev/termination-log': termination }
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(configOf(image, { ...start, mounts })))
  const runc = (...args: string[]) => ['--root', join(image.folder, 'runc'), ...args]
  const child = spawn('runc', runc('run', '--bundle', bundle, start.name), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  }
  return {
    ended: ending(child),
    log: () => output.join(''),
    told: () => readFileSync(termination, 'utf8').trim(),
    kill: async signal => void (await run('runc', runc('kill', start.name, signal))),
    exec: async (...command) => (await run('runc', runc('exec', start.name, ...command))).trim(),
  }
}

async function ending(child: ChildProcess): Promise<number> {
  const [status] = await once(child, 'exit')
  return status
}

/** https://github.com/opencontainers/runtime-spec/blob/main/config.md */
function configOf({ root }: Image, { name, args, env, mounts }: Start) {
  const variables = { PATH, LANG: 'C.UTF-8', PG_MAJOR: '18', ...env }
  const tmpfs = (destination: string, options: string[]) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options,
  })
  const binds = Object.entries(mounts).map(([destination, source]) => ({
    destination,
    source,
    type: 'bind',
    options: ['rbind', 'rw'],
  }))
  return {
    ociVersion: '1.0.2',
    hostname: name,
    root: { path: root, readonly: true },
    process: {
      user: { uid: 10001, gid: 10001 },
      args: [ENTRYPOINT, ...args],
      cwd: '/',
      noNewPrivileges: true,
      capabilities: {},
      env: Object.entries(variables).map(([key, value]) => `${key}=${value}`),
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      tmpfs('/dev', ['nosuid', 'mode=755']),
      tmpfs('/dev/shm', ['mode=1777', 'size=128m']),
      tmpfs('/tmp', ['mode=1777']),
      ...binds,
      { destination: '/etc/hosts', type: 'bind', source: '/etc/hosts', options: ['rbind', 'ro'] },
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map(type => ({ type })) },
  }
}
