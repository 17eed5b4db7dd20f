import { TokenBucket } from './token-bucket.ts'

/**
 * Stops reconcile storms: two controllers that undo each other's work would otherwise keep the API server busy for ever.
 * Figures as Crossplane's circuit breaker has them.
 */
export const BREAKER = { burst: 100, perSecond: 1, coolDownMs: 5 * 60_000 } as const

export type Admission =
  | { isOpen: false }
  /** `opened`: just now; said once a storm. */
  | { isOpen: true; until: number; opened: boolean }

export interface Breaker {
  /** Counts one reconcile of the object. While it is open, there is to be none until `until`. */
  admit(key: string): Admission
  /** The object is gone. */
  forget(key: string): void
  /** How many objects are held back now. */
  open(): number
}

export interface BreakerOptions {
  burst: number
  perSecond: number
  coolDownMs: number
}

interface Circuit {
  bucket: TokenBucket
  openUntil: number
}

export function createBreaker(now: () => number, options: BreakerOptions = BREAKER): Breaker {
  const circuits = new Map<string, Circuit>()

  function circuitOf(key: string): Circuit {
    const circuit = circuits.get(key) ?? {
      bucket: new TokenBucket(options, now()),
      openUntil: Number.NEGATIVE_INFINITY,
    }
    circuits.set(key, circuit)
    return circuit
  }

  return {
    admit(key) {
      const circuit = circuitOf(key)
      const at = now()
      if (at < circuit.openUntil) return { isOpen: true, until: circuit.openUntil, opened: false }
      if (circuit.bucket.take(at)) return { isOpen: false }
      circuit.openUntil = at + options.coolDownMs
      return { isOpen: true, until: circuit.openUntil, opened: true }
    },
    forget: key => void circuits.delete(key),
    open: () => [...circuits.values()].filter(({ openUntil }) => now() < openUntil).length,
  }
}
