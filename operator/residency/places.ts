import type { NodeTerm, Observed } from '../cluster/observed.ts'

export type Labels = Readonly<Record<string, string>>

/** A place that nobody can tell: the node label is missing. */
export const NOWHERE = '?'

/**
 * A node that registers gets its labels some moments later, from the cloud's controller or a person. So long nobody can
 * tell where it is.
 */
const UNLABELLED_MS = 5 * 60_000

/** More nodes than this are not remembered after they went. */
const GONE_KEPT = 1_000

interface Live {
  labels: Labels
  /** Unix time in milliseconds. */
  created: number
  /** Keys of labels that were taken from it. */
  lost: readonly string[]
}

/**
 * Where the nodes of one cluster are, and where those were that are gone: an autoscaler removes a node some time before
 * its pods, and what was seen then still holds. It is memory only: after a restart a node that is gone is unknown.
 */
export class Places {
  #live: ReadonlyMap<string, Live> = new Map()
  readonly #gone = new Map<string, Labels>()
  readonly #now: () => number

  /** @param now - Unix time in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** With all nodes as they are now. */
  update(nodes: Iterable<Observed>): void {
    const live = new Map<string, Live>()
    for (const { ref, facts } of nodes) {
      if (facts.kind === 'node') live.set(ref.name, grown(facts, this.#live.get(ref.name)))
    }
    for (const [name, { labels }] of this.#live) if (!live.has(name)) this.#gone.set(name, labels)
    for (const name of live.keys()) this.#gone.delete(name)
    for (const name of this.#gone.keys()) {
      if (this.#gone.size <= GONE_KEPT) break
      this.#gone.delete(name)
    }
    this.#live = live
  }

  /**
   * The value of `label` on a node, or on what was that node; undefined: nobody can tell, because such a node was never
   * seen, or is so new that it has no such label yet.
   */
  ofNode(name: string, label: string): string | undefined {
    const live = this.#live.get(name)
    if (!live) return placeIn(this.#gone.get(name), label)
    const isNew = this.#now() - live.created < UNLABELLED_MS && !live.lost.includes(label)
    return live.labels[label] ?? (isNew ? undefined : NOWHERE)
  }

  /**
   * The values of `label` that a term of a node affinity allows: those that it names itself, otherwise those of all
   * nodes that it fits (a host's, a zone's). Empty: it fits no node that was ever seen, which proves nothing.
   */
  ofTerm(term: NodeTerm, label: string): string[] {
    const named = term.requirements.find(
      ({ key, operator, values }) => key === label && operator === 'In' && values.length > 0,
    )
    if (named) return named.values
    const nodes = fitting(term, labelsIn(this.#live.values()))
    const candidates = nodes.length > 0 ? nodes : fitting(term, this.#gone.values())
    return [...new Set(candidates.map(labels => labels[label] ?? NOWHERE))]
  }
}

/** Whether every node that an affinity allows has `label` with this value, by its own words. */
export function requires(affinity: readonly NodeTerm[], label: string, value: string): boolean {
  const isWithin = ({ requirements }: NodeTerm) =>
    requirements.some(
      ({ key, operator, values }) =>
        key === label &&
        operator === 'In' &&
        values.length > 0 &&
        values.every(one => one === value),
    )
  return affinity.length > 0 && affinity.every(isWithin)
}

/** What it had and has no more it has lost, as long as it is the same node. */
function grown({ labels, created }: Omit<Live, 'lost'>, before: Live | undefined): Live {
  if (before?.created !== created) return { labels, created, lost: [] }
  const lost = Object.keys(before.labels).filter(key => labels[key] === undefined)
  return { labels, created, lost: [...new Set([...before.lost, ...lost])] }
}

function placeIn(labels: Labels | undefined, label: string): string | undefined {
  return labels && (labels[label] ?? NOWHERE)
}

function* labelsIn(nodes: Iterable<Live>): Iterable<Labels> {
  for (const { labels } of nodes) yield labels
}

function fitting(term: NodeTerm, nodes: Iterable<Labels>): Labels[] {
  // A term without requirements fits no node, as the API has it.
  if (term.requirements.length === 0) return []
  return [...nodes].filter(labels => term.requirements.every(one => fits(one, labels)))
}

function fits(
  { key, operator, values }: NodeTerm['requirements'][number],
  labels: Labels,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
    default:
      return false
  }
}
