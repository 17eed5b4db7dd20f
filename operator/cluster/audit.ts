import type { Run } from './reflector.ts'
import { isNewer } from './resource-version.ts'
import { type Entry, keyIn } from './store.ts'
import { jitter, sleep } from './waits.ts'

/** Compares what is known with a list every now and then, and has all listed anew when events were missed. */
export async function auditForEver<T>(run: Run<T>): Promise<void> {
  while (!run.signal.aborted) {
    await sleep(jitter(run.timing.auditMs), run.signal)
    const events = await audit(run).catch(() => 0) // the watch notices itself that the server is gone
    if (events === 0) continue
    run.options.onReport?.({ type: 'missed', kind: run.options.kind, events })
    run.relist.abort()
  }
}

/** Changes that no stream was there to tell do not count. */
const isWatching = <T>({ isWatching, signal }: Run<T>) => isWatching && !signal.aborted

/** How many changes a list shows of which no event tells, though it had time to arrive. */
async function audit<T>(run: Run<T>): Promise<number> {
  if (!isWatching(run)) return 0
  const suspects = await compare(run)
  if (suspects.size === 0) return 0
  await sleep(run.timing.auditGraceMs, run.signal)
  if (!isWatching(run)) return 0
  return suspects
    .entries()
    .reduce((missed, [key, known]) => missed + (run.store.get(key) === known ? 1 : 0), 0)
}

/** The keys of which the list says something else, with what is known of them. */
async function compare<T>({ options, store, signal }: Run<T>) {
  const before = new Map(store.entries())
  const unseen = new Map(before)
  const suspects = new Map<string, Entry<T> | undefined>()
  const pages = options.cluster.pages(options.kind, { ...options, metadataOnly: true, signal })
  for await (const { items } of pages) {
    for (const { metadata } of items) {
      const key = keyIn(metadata)
      const known = store.get(key)
      unseen.delete(key)
      if (isBehind(known, metadata.resourceVersion ?? '', before.has(key))) suspects.set(key, known)
    }
  }
  for (const [key, entry] of unseen) {
    if (store.get(key) === entry) suspects.set(key, entry)
  }
  return suspects
}

/** An object that was known when the list began, and is not now, was deleted since: the watch is ahead. */
function isBehind<T>(known: Entry<T> | undefined, listed: string, wasKnown: boolean): boolean {
  return known === undefined ? !wasKnown : isNewer(listed, known.resourceVersion)
}
