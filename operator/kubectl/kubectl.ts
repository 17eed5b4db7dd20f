import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { Failure, messageOf } from './failure.ts'
import { Refusal, readRefusal } from './refusal.ts'

export interface Where {
  namespace?: string
  /** Label selector. */
  labels?: string
  /** Field selector. */
  fields?: string
}

/** One cluster, through the user's own kubectl: whatever it takes to sign in works as ever. */
export interface Kubectl {
  /** For messages: `the management cluster`. */
  readonly cluster: string
  /** @throws Refusal */
  get<T>(kind: string, name: string, namespace?: string): Promise<T>
  /** @throws Refusal */
  list<T>(kind: string, where?: Where): Promise<T[]>
  /** A merge patch; answers with what the server made of it. @throws Refusal */
  patch<T>(kind: string, name: string, body: object): Promise<T>
  /** Standard output. @throws Refusal */
  run(what: string, args: string[]): Promise<string>
  /** Starts what goes on until it is killed. */
  start(args: string[]): ChildProcess
}

export interface KubectlOptions {
  cluster: string
  /** Flags that choose cluster and account. */
  flags: string[]
  signal: AbortSignal
}

/** A cluster that does not answer must not hold a command up for ever. */
const PATIENCE = '--request-timeout=20s'

export function createKubectl({ cluster, flags, signal }: KubectlOptions): Kubectl {
  const start = (args: string[]) =>
    spawn('kubectl', [...flags, ...args], { stdio: ['ignore', 'pipe', 'pipe'], signal })

  async function run(what: string, args: string[]): Promise<string> {
    const child = start([...args, PATIENCE])
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended(child, signal),
    ])
    if (status === 0) return out
    throw new Refusal(what, readRefusal(err))
  }

  return {
    cluster,
    run,
    start,
    async get(kind, name, namespace) {
      const what = `read ${kind} ${name} in ${cluster}`
      return JSON.parse(
        await run(what, ['get', kind, name, '-o', 'json', ...inNamespace(namespace)]),
      )
    },
    async list(kind, { namespace, labels, fields } = {}) {
      const chosen = [
        ...inNamespace(namespace),
        ...(labels === undefined ? [] : ['--selector', labels]),
        ...(fields === undefined ? [] : ['--field-selector', fields]),
      ]
      const what = `list ${kind} in ${cluster}`
      return JSON.parse(await run(what, ['get', kind, '-o', 'json', ...chosen])).items
    },
    async patch(kind, name, body) {
      const patch = ['--type', 'merge', '--patch', JSON.stringify(body)]
      const what = `change ${kind} ${name}`
      return JSON.parse(await run(what, ['patch', kind, name, ...patch, '-o', 'json']))
    },
  }
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace]
}

/** @throws Failure where kubectl cannot be run. */
function ended(child: ChildProcess, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', error => reject(signal.aborted ? error : whyNotRun(error)))
    child.once('close', resolve)
  })
}

function whyNotRun(cause: Error): Failure {
  const isMissing = 'code' in cause && cause.code === 'ENOENT'
  const why = isMissing ? 'it is not on the PATH; install it' : messageOf(cause)
  return new Failure(`cannot run kubectl: ${why}`, { cause })
}
