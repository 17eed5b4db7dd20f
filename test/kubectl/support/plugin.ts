import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findAssets } from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'

/** The plugin as one installs it: one file beside kubectl. */
export interface Plugin extends Disposable {
  /** Runs `kubectl platen`, as the machine's own Node runs it. */
  run(args: string[], options?: RunOptions): Promise<Ran>
  /** The folder of temporary files that it has. */
  temporary: string
  /** Of the Node that runs it. */
  nodeVersion: string
}

export interface RunOptions {
  kubeconfig?: string
  /** At a terminal, by `script` of util-linux: this is typed once `Type` is asked. All that is said is in `out`. */
  typed?: string
  /** SIGINT, as soon as it has said this. */
  interruptAt?: RegExp
}

export interface Ran {
  status: number | null
  /** Standard output. */
  out: string
  /** Standard error. */
  err: string
}

const project = fileURLToPath(new URL('../../..', import.meta.url))

/** Bundles it anew. @throws when it cannot be bundled */
export async function installPlugin(kubeconfig: string): Promise<Plugin> {
  const directory = temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  const node = machinesNode()
  const { kubectl } = await findAssets(['kubectl'])
  symlinkSync(kubectl, at('kubectl'))
  symlinkSync(node, at('node'))
  const bundler = ['operator/kubectl/bundle.ts', '--output', at('kubectl-platen')]
  const { status, stderr } = spawnSync(process.execPath, bundler, {
    cwd: project,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const temporary = temporaryDirectory()
  return {
    temporary: temporary.path,
    nodeVersion: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    async run(args, options = {}) {
      const [command, given] = commandFor(at('kubectl'), args, options)
      const child = spawn(command, given, {
        cwd: temporary.path,
        env: {
          PATH: [directory.path, '/usr/bin', '/bin'].join(delimiter),
          HOME: temporary.path,
          TMPDIR: temporary.path,
          KUBECONFIG: options.kubeconfig ?? kubeconfig,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      if (options.typed === undefined) child.stdin.end()
      else
        child.stdout.on(
          'data',
          chunk => void (/Type /.test(chunk) && child.stdin.end(options.typed)),
        )
      let said = ''
      child.stderr.on('data', chunk => {
        said += chunk
        if (!child.killed && options.interruptAt?.test(said)) child.kill('SIGINT')
      })
      const [out, err, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ])
      return { status, out, err }
    },
    [Symbol.dispose]() {
      directory[Symbol.dispose]()
      temporary[Symbol.dispose]()
    },
  }
}

function commandFor(kubectl: string, args: string[], { typed }: RunOptions): [string, string[]] {
  const all = [kubectl, 'platen', ...args]
  return typed === undefined
    ? [kubectl, all.slice(1)]
    : ['script', ['-qec', all.join(' '), '/dev/null']]
}

/** The one that people have, of an older version maybe; where there is none, that of these tests. */
function machinesNode(): string {
  const places = (process.env.PATH ?? '').split(delimiter)
  const others = places.filter(place => !place.includes('node_modules'))
  const found = others.map(place => join(place, 'node')).find(isRecent)
  return found ?? join(dirname(process.execPath), 'node')
}

function isRecent(node: string): boolean {
  if (!existsSync(node)) return false
  const { stdout } = spawnSync(node, ['-p', 'parseInt(process.versions.node)'], {
    encoding: 'utf8',
  })
  return Number(stdout) >= 20
}
