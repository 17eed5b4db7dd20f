import type { BackupLocation, Bucket } from './backup-location.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A bucket does not move; whoever deletes it and makes it elsewhere is seen within this time. */
const ASK_AGAIN_AFTER = 6 * HOUR
const RETRY_AFTER = 5 * MINUTE
/** An object store may be away for a while before what it said counts as unknown. */
const BELIEVED_FOR = 24 * HOUR

interface Known {
  /** What was asked: another bucket is another question. */
  bucket: string
  location: BackupLocation
  askAgainAt: number
}

/** What the object stores of the regions said, so that they are asked every few hours and not in every reconcile. */
export class KnownLocations {
  readonly #known = new Map<string, Known>()

  /** The last answer about the region's bucket; undefined: it was never asked. */
  get(region: string, bucket: Bucket): BackupLocation | undefined {
    const known = this.#known.get(region)
    return known?.bucket === keyOf(bucket) ? known.location : undefined
  }

  /** Asks when it is time; `ask` never fails (`askLocation`). */
  async look(
    region: string,
    bucket: Bucket,
    { now, ask }: { now: Date; ask: () => Promise<BackupLocation> },
  ): Promise<BackupLocation> {
    const known = this.#known.get(region)
    const before = known?.bucket === keyOf(bucket) ? known : undefined
    if (before && now.getTime() < before.askAgainAt) return before.location
    const location = stillBelieved(before?.location, await ask(), now)
    const isFresh = location.kind === 'seen' && location.at.getTime() === now.getTime()
    const askAgainAt = now.getTime() + (isFresh ? ASK_AGAIN_AFTER : RETRY_AFTER)
    this.#known.set(region, { bucket: keyOf(bucket), location, askAgainAt })
    return location
  }

  forget(region: string): void {
    this.#known.delete(region)
  }
}

function stillBelieved(
  before: BackupLocation | undefined,
  answer: BackupLocation,
  now: Date,
): BackupLocation {
  if (answer.kind === 'seen' || before?.kind !== 'seen') return answer
  return now.getTime() - before.at.getTime() < BELIEVED_FOR ? before : answer
}

function keyOf({ endpoint, bucket, location }: Bucket): string {
  return JSON.stringify([endpoint, bucket, location])
}
