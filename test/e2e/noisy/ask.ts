import { setTimeout as sleep } from 'node:timers/promises'
import { serve, settingsOf } from '../../bench/worker.ts'
import { type ApiPlace, post } from '../../cluster/platform/api-client.ts'

/** Asks a tenant's API as fast as it answers, in a process of its own. */
export interface AskSettings {
  place: ApiPlace
  /** Requests in flight. */
  parallel: number
  /** Asked in turn. */
  queries: string[]
}

export interface Asked {
  answered: number
  /** With an error instead of data, as what costs too much is. */
  refused: number
  /** By status 429: too many are asked, or they cost too much together. */
  deferred: number
  /** By another status, or without an answer in time. */
  failed: number
}

export interface AskCommands {
  /** Asks nothing more, and tells what became of all. */
  stop(): Promise<Asked>
}

const { place, parallel, queries } = settingsOf<AskSettings>()
const asked: Asked = { answered: 0, refused: 0, deferred: 0, failed: 0 }
const PAUSE_MS = 100
let isAsking = true

async function ask(query: string): Promise<keyof Asked> {
  const headers = { authorization: `Bearer ${place.token}` }
  const { status, body } = await post(place, '/graphql', { query }, headers)
  if (status === 429) return 'deferred'
  if (status !== 200) return 'failed'
  return JSON.parse(body).errors ? 'refused' : 'answered'
}

async function askForEver(first: number): Promise<void> {
  for (let index = first; isAsking; index += 1) {
    const outcome = await ask(queries[index % queries.length] ?? '').catch(() => 'failed' as const)
    asked[outcome] += 1
    if (outcome === 'deferred' || outcome === 'failed') await sleep(PAUSE_MS)
  }
}

const asking = Array.from({ length: parallel }, (_, index) => askForEver(index))

const commands: AskCommands = {
  async stop() {
    isAsking = false
    await Promise.all(asking)
    return asked
  },
}

serve({ ...commands }, () => {})
