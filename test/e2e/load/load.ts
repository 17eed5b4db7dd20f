import { fileURLToPath } from 'node:url'
import { startWorker } from '../../bench/worker.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import type { Verdict } from '../../faults/proof/verdict.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import type { Platform } from '../platform.ts'
import { enrolMany, serverOf } from '../support/account.ts'
import { askDatabase, databaseUrlOf, runAtNode } from './database.ts'
import { runFirst, runIdle } from './priority.ts'
import type { ProofSettings } from './prove.ts'
import type { LoadCommands, LoadSettings, Settled } from './worker.ts'

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
const PROVE = fileURLToPath(new URL('prove.ts', import.meta.url))

/** Monitors of one tenant that report numbered reports through the edge, for as long as it is there. */
export interface Load extends AsyncDisposable {
  /** How many. */
  monitors: number
  /** What was settled since it was asked last. */
  take(): Promise<Settled[]>
  /** What the tenant's database says that it has received of them. */
  received(): Promise<Stored[]>
  /** Makes no more reports, waits until all are settled, and holds the database against them. */
  prove(): Promise<Verdict[]>
}

/** Reports `first` to `last` of a monitor are in the database. */
export interface Stored {
  monitor: number
  first: number
  last: number
}

export interface LoadOptions {
  monitors: number
  /** Reports a second of each. */
  rate: number
  /**
   * Nobody measures it: it takes neither CPU time nor disk from what is measured, and its outboxes are in memory. What is
   * measured runs as on machines of its own.
   */
  isFlood?: boolean
}

export async function startLoad(
  platform: Platform,
  tenant: TenantPlan,
  { monitors: count, rate, isFlood = false }: LoadOptions,
): Promise<Load> {
  const accounts = await enrolMany(platform, tenant, count)
  const monitors: LoadSettings['monitors'] = accounts.map(({ user, password }, index) => ({
    index,
    name: user,
    habit: 'plain',
    password,
  }))
  const directory = temporaryDirectory(isFlood ? '/dev/shm' : undefined)
  const base = Date.now() - 86_400_000
  const server = await serverOf(platform, tenant)
  const settings: LoadSettings = { monitors, directory: directory.path, server, base, rate }
  const worker = await startWorker<LoadCommands>(WORKER, settings)
  const priority = isFlood ? runIdle(worker.pid) : runFirst(worker.pid)

  return {
    monitors: count,
    take: () => worker.ask('take'),
    async received() {
      const rows = await askDatabase<Omit<Stored, 'monitor'> & { name: string }>(
        platform,
        tenant,
        RECEIVED,
      )
      const indices = new Map(monitors.map(({ name, index }) => [name, index]))
      return rows.flatMap(({ name, first, last }) => {
        const monitor = indices.get(name)
        return monitor === undefined ? [] : [{ monitor, first, last }]
      })
    },
    async prove() {
      await worker.ask('drain', PATIENCE_MS)
      const databaseUrl = await databaseUrlOf(platform, tenant)
      const proof: ProofSettings = { databaseUrl, appended: await worker.ask('appended'), base }
      return await runAtNode(tenant, PROVE, proof)
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      priority[Symbol.dispose]()
      directory[Symbol.dispose]()
    },
  }
}

const PATIENCE_MS = 180_000

/** These monitors have one epoch each: nobody makes their outboxes anew. */
const RECEIVED = `
  select name, lower(range)::int as first, upper(range)::int - 1 as last
  from received_report join monitor on monitor.id = monitor_id, unnest(sequences) as range`
