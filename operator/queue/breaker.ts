import { TokenBucket } from './token-bucket.ts'

/**
 * Stops reconcile storms: two controllers that undo each other's work would otherwise keep the API server busy for ever.
 * Only what is written counts: to look often, at pods that come and go, is ordinary work.
 * Figures as Crossplane's circuit breaker has them.
 */
export const BREAKER = { burst: 100, perSecond: 1, coolDownMs: 5 * 60_000 } as const

export interface Breaker {
  /** Until when the object is to be left alone; undefined: it need not be. */
  heldUntil(key: string): number | undefined
  /** Counts one reconcile of the object that wrote something; answers until when to leave it alone, if that was too much. */
  count(key: string): number | undefined
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
    heldUntil(key) {
      const until = circuits.get(key)?.openUntil
      return until !== undefined && now() < until ? until : undefined
    },
    count(key) {
      const circuit = circuitOf(key)
      if (circuit.bucket.take(now())) return undefined
      circuit.openUntil = now() + options.coolDownMs
      return circuit.openUntil
    },
    forget: key => void circuits.delete(key),
    open: () => [...circuits.values()].filter(({ openUntil }) => now() < openUntil).length,
  }
}
