import type { Outbox } from '@platen/monitor'

type Batch = NonNullable<ReturnType<Outbox['read']>>

/** An outbox that a sender empties only while the gate is open, and that counts what it has emptied. */
export interface Gate {
  /** For the sender. */
  outbox: Outbox
  open(): void
  close(): void
  /** Answered IQs, their reports, and the bytes of these. */
  settled: { stanzas: number; reports: number; bytes: number }
  /** Forgets what is in the outbox. */
  discard(): void
  /** Reports in the outbox. */
  waiting(): number
  /** Batches that were sent and not answered. */
  unanswered(): number
  /** The next batches as the sender would form them; not the last one, which may be small. */
  peek(batches: number): Batch[]
  /** Calls back when the outbox has forgotten that report. */
  onSettled(seq: number, listener: () => void): void
}

export function createGate(real: Outbox): Gate {
  const settled = { stanzas: 0, reports: 0, bytes: 0 }
  const sent = new Map<number, Batch>() // by the number of the first report
  const listeners = new Map<number, () => void>()
  const wakers = new Set<() => void>()
  let bounds = { bytes: 0, reports: 0 }
  let isOpen = false

  function settle({ first, last }: { first: number; last: number }): void {
    const batch = sent.get(first)
    sent.delete(first)
    settled.stanzas += 1
    settled.reports += batch?.reports.length ?? 0
    settled.bytes += batch?.reports.reduce((sum, xml) => sum + xml.length, 0) ?? 0
    for (let seq = first; listeners.size > 0 && seq <= last; seq += 1) {
      listeners.get(seq)?.()
      listeners.delete(seq)
    }
  }

  return {
    outbox: {
      ...real,
      read(after, newBounds) {
        bounds = newBounds
        const batch = isOpen ? real.read(after, newBounds) : undefined
        if (batch) sent.set(batch.first, batch)
        return batch
      },
      settle(settlements) {
        if (settlements.some(({ refused }) => refused.length > 0)) {
          throw new Error('cannot measure: the ingest refuses reports')
        }
        real.settle(settlements)
        settlements.forEach(settle)
      },
      onAppend(waker) {
        wakers.add(waker)
        return real.onAppend(waker)
      },
    },
    open() {
      isOpen = true
      for (const wake of wakers) wake()
    },
    close() {
      isOpen = false
    },
    settled,
    discard: () => real.settle([{ first: 0, last: Number.MAX_SAFE_INTEGER, refused: [] }]),
    waiting: () => real.stats().reports,
    unanswered: () => sent.size,
    peek(count) {
      const batches: Batch[] = []
      let batch = real.read(0, bounds)
      while (batch && batches.length <= count) {
        batches.push(batch)
        batch = real.read(batch.last, bounds)
      }
      return batches.slice(0, -1)
    },
    onSettled: (seq, listener) => void listeners.set(seq, listener),
  }
}
