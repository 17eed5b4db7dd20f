export interface TokenBucketOptions {
  /** How many may go at once. */
  burst: number
  perSecond: number
}

/** Lets `burst` go at once, and `perSecond` after that. The time comes in with each call, and never runs backwards. */
export class TokenBucket {
  readonly #options: TokenBucketOptions
  #tokens: number
  #at: number

  constructor(options: TokenBucketOptions, now: number) {
    this.#options = options
    this.#tokens = options.burst
    this.#at = now
  }

  take(now: number): boolean {
    this.#refill(now)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Milliseconds until there is a token; 0: now. */
  wait(now: number): number {
    this.#refill(now)
    if (this.#tokens >= 1) return 0
    return Math.ceil(((1 - this.#tokens) * 1000) / this.#options.perSecond)
  }

  /** Nothing was taken for so long that it is as good as new. */
  isFull(now: number): boolean {
    this.#refill(now)
    return this.#tokens >= this.#options.burst
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000
    this.#at = Math.max(this.#at, now)
    this.#tokens = Math.min(this.#options.burst, this.#tokens + seconds * this.#options.perSecond)
  }
}
