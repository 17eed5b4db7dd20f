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
  run.suspects.clear()
  if (!isWatching(run)) return 0
  await compare(run)
  if (run.suspects.size === 0) return 0
  await sleep(run.timing.auditGraceMs, run.signal)
  return isWatching(run) ? run.suspects.size : 0
}

/** Suspects the keys of which the list says something else. */
async function compare<T>({ options, store, suspects, signal }: Run<T>): Promise<void> {
  const before = new Map(store.entries())
  const unseen = new Map(before)
  const pages = options.cluster.pages(options.kind, { ...options, metadataOnly: true, signal })
  for await (const { items } of pages) {
    for (const { metadata } of items) {
      const key = keyIn(metadata)
      const known = store.get(key)
      unseen.delete(key)
      if (isBehind(known, metadata.resourceVersion ?? '', before.has(key))) suspects.add(key)
    }
  }
  for (const [key, entry] of unseen) {
    if (store.get(key) === entry) suspects.add(key)
  }
}

/** An object that was known when the list began, and is not now, was deleted since: the watch is ahead. */
function isBehind<T>(known: Entry<T> | undefined, listed: string, wasKnown: boolean): boolean {
  return known === undefined ? !wasKnown : isNewer(listed, known.resourceVersion)
}
