import type { Kubectl, Where } from '../kubectl.ts'
import type { KubeEvent, Pod } from '../objects.ts'
import { see } from '../seen.ts'
import { happeningsOf } from '../status/events.ts'
import { EVENTS } from '../status/sight.ts'
import { describePod } from './describe.ts'
import { type Redact, redactLog, redactValue } from './redact.ts'

export interface ReportFile {
  /** Path in the archive. */
  name: string
  content: string
}

/** Fills an archive; what cannot be read is written down. Nothing gets in that is not redacted. */
export interface Gathering {
  files: ReportFile[]
  /** A sentence each. */
  notReadable: string[]
  /** Writes a value as JSON. */
  add(name: string, value: unknown): void
  miss(what: string, why: string): void
  /** Each object as `describe` tells it. */
  list<T>(from: From, kind: string, describe: (object: T) => unknown): Promise<void>
  /** As `status` shows them. */
  events(from: From, choose?: (event: KubeEvent) => boolean): Promise<void>
  /** What pods say of themselves, and the end of what their containers wrote. */
  pods(from: From, labels?: string): Promise<void>
}

/** Where objects are read, and the folder that they get in the archive. */
export interface From {
  kubectl: Kubectl
  folder: string
  namespace?: string
}

export function createGathering(redact: Redact): Gathering {
  const files: ReportFile[] = []
  const notReadable: string[] = []

  function add(name: string, value: unknown): void {
    const content = `${JSON.stringify(redactValue(value, redact), null, 2)}\n`
    files.push({ name: fitting(name, files), content })
  }
  function miss(what: string, why: string): void {
    notReadable.push(redact(`${what}: ${why}`))
  }
  async function read<T>({ kubectl, namespace, folder }: From, kind: string, labels?: string) {
    const where: Where = {
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
    }
    const seen = await see(() => kubectl.list<T>(kind, where))
    if (seen.value === undefined) miss(`${folder}: ${kind}`, seen.why)
    return seen.value
  }
  async function log({ kubectl, namespace = '', folder }: From, one: LogOf): Promise<void> {
    const { pod, container, previous } = one
    const args = ['logs', pod, '--container', container, '--namespace', namespace, ...LOG_END]
    const what = `read the log of ${pod}`
    const seen = await see(() => kubectl.run(what, previous ? [...args, '--previous'] : args))
    const name = `${folder}/logs/${pod}.${container}${previous ? '.before' : ''}.log`
    if (seen.value === undefined) return miss(name, seen.why)
    if (seen.value !== '')
      files.push({ name: fitting(name, files), content: redactLog(seen.value, redact) })
  }
  return {
    files,
    notReadable,
    add,
    miss,
    async list<T>(from: From, kind: string, describe: (object: T) => unknown) {
      const objects = await read<T>(from, kind)
      if (objects) add(`${from.folder}/${kind.split('.')[0]}.json`, objects.map(describe))
    },
    async events(from, choose = () => true) {
      const events = await read<KubeEvent>(from, EVENTS)
      if (events) add(`${from.folder}/events.json`, happeningsOf(events.filter(choose)))
    },
    async pods(from, labels) {
      const pods = await read<Pod>(from, 'pods', labels)
      if (!pods) return
      add(`${from.folder}/pods.json`, pods.map(describePod))
      // One pod after the other: there may be many, and each is a process and a connection.
      for (const pod of pods) await Promise.all(logsOf(pod).map(one => log(from, one)))
    },
  }
}

/** Of each container: what says what went wrong is at the end. */
const LOG_END = ['--tail', '2000', '--limit-bytes', '1000000', '--timestamps']

interface LogOf {
  pod: string
  container: string
  /** What was written before the last restart. */
  previous: boolean
}

function logsOf({ metadata, status = {} }: Pod): LogOf[] {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  return containers
    .filter(({ state, restartCount = 0 }) => !state?.waiting || restartCount > 0)
    .flatMap(({ name, restartCount = 0 }) => {
      const one = { pod: metadata.name, container: name, previous: false }
      return restartCount > 0 ? [one, { ...one, previous: true }] : [one]
    })
}

/** What a tar header takes. */
const LONGEST = 100

function fitting(name: string, files: readonly ReportFile[]): string {
  if (name.length <= LONGEST) return name
  const mark = `~${files.length}${name.slice(name.lastIndexOf('.'))}`
  return name.slice(0, LONGEST - mark.length) + mark
}
