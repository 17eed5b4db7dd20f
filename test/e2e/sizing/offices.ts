import { fileURLToPath } from 'node:url'
import { startWorker } from '../../bench/worker.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { until } from '../../cluster/wait.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import type { Platform } from '../platform.ts'
import { enrolMany, serverOf } from '../support/account.ts'
import type { OfficeCommands, OfficeSettings } from './worker.ts'

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
const DRAIN_MS = 1_800_000

/** Monitors of a tenant, which report as those of offices do. */
export interface Offices extends AsyncDisposable {
  /** Has them report everything once, and then live. Resolves when everything is stored. */
  open(): Promise<void>
  /** Ends that, sends so many reports as fast as it goes, and waits until they are stored. */
  send(reports: number): Promise<void>
}

/** @param monitors of 40 devices each. */
export async function enrolOffices(
  platform: Platform,
  tenant: TenantPlan,
  monitors: number,
): Promise<Offices> {
  const directory = temporaryDirectory()
  const settings: OfficeSettings = {
    accounts: await enrolMany(platform, tenant, monitors),
    directory: directory.path,
    server: await serverOf(platform, tenant),
  }
  const worker = await startWorker<OfficeCommands>(WORKER, settings)

  async function untilStored(): Promise<void> {
    await until(
      'all reports are stored',
      async () => {
        const waiting = await worker.ask('waiting')
        return waiting === 0 ? undefined : `${waiting} wait`
      },
      DRAIN_MS,
    )
  }

  return {
    async open() {
      await worker.ask('open')
      await untilStored()
    },
    async send(reports) {
      await worker.ask('send', reports)
      await untilStored()
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      directory[Symbol.dispose]()
    },
  }
}
