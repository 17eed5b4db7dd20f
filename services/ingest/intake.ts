import type { Pace } from '@platen/pace'
import {
  CodecError,
  type DecodedBatch,
  decodeBatch,
  type Receipt,
  type XmlElement,
} from '@platen/protocol'
import type { Budget, Load } from './budget.ts'
import type { Delivery } from './delivery.ts'
import { type GroupCommit, Unavailable } from './group-commit.ts'
import type { IngestMetrics } from './metrics.ts'

/** What the sender of a batch is told. */
export type Answer =
  /** Everything in it is stored or refused for good. */
  | { kind: 'receipt'; receipt: Receipt }
  /** Nothing is known to be stored: send it again later. */
  | { kind: 'wait'; cause: 'overload' | 'database'; reason: string }
  /** It is no batch; sending it again is useless. */
  | { kind: 'malformed'; reason: string }

export interface Intake {
  /** Takes a batch in and answers when it is committed. */
  receive(monitor: string, batch: XmlElement): Promise<Answer>
  /** From now on nothing is taken in. Ends when everything that was is answered. */
  close(): Promise<void>
}

export interface IntakeOptions {
  lanes: GroupCommit<Delivery, Receipt>
  budget: Budget
  /** Of reports. */
  pace: Pace
  metrics: Pick<IngestMetrics, 'answered'>
  clock: () => number
}

/** The ingest without its transport: from a monitor's batch to what it is told. */
export function createIntake({ lanes, budget, pace, metrics, clock }: IntakeOptions): Intake {
  let isClosed = false

  async function receive(monitor: string, batch: XmlElement): Promise<Answer> {
    if (isClosed) return overload('the ingest is stopping')
    if (pace.wait() > 0) return overload('more reports come than this tenant may send')
    const decoded = decode(batch)
    if (typeof decoded === 'string') return { kind: 'malformed', reason: decoded }
    const load = loadOf(batch, decoded)
    pace.spend(load.reports)
    if (!budget.take(load)) return overload('too much is waiting')
    try {
      return await commit({ monitor, ...decoded, load, receivedAt: clock() })
    } finally {
      budget.give(load)
    }
  }

  async function commit(delivery: Delivery): Promise<Answer> {
    try {
      return { kind: 'receipt', receipt: await lanes.submit(delivery) }
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      return { kind: 'wait', cause: 'database', reason: error.message }
    }
  }

  return {
    async receive(monitor, batch) {
      const answer = await receive(monitor, batch)
      metrics.answered(answer.kind)
      return answer
    },
    async close() {
      isClosed = true
      await lanes.drain()
    },
  }
}

function overload(reason: string): Answer {
  return { kind: 'wait', cause: 'overload', reason }
}

/** The batch, or why it is none. */
function decode(batch: XmlElement): DecodedBatch | string {
  try {
    return decodeBatch(batch)
  } catch (error) {
    if (error instanceof CodecError) return error.message
    throw error
  }
}

function loadOf(batch: XmlElement, { reports, refused }: DecodedBatch): Load {
  return { reports: reports.length + refused.length, bytes: textSize(batch) }
}

/** About the characters that an element took on the wire; only for what was decoded, so its depth is bounded. */
function textSize(element: XmlElement): number {
  let size = 2 * element.name.length + 5
  for (const name of Object.keys(element.attrs)) {
    size += name.length + (element.attrs[name]?.length ?? 0) + 4
  }
  for (const child of element.children) {
    size += typeof child === 'string' ? child.length : textSize(child)
  }
  return size
}
