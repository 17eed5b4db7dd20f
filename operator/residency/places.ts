import type { NodeTerm, Observed } from '../cluster/observed.ts'

export type Labels = Readonly<Record<string, string>>

/** A place that nobody can tell: the node label is missing. */
export const NOWHERE = '?'

/** More nodes than this are not remembered after they went. */
const GONE_KEPT = 1_000

/**
 * Where the nodes of one cluster are, and where those were that are gone: an autoscaler removes a node some time before
 * its pods, and what was seen then still holds. It is memory only: after a restart a node that is gone is unknown.
 */
export class Places {
  #live: ReadonlyMap<string, Labels> = new Map()
  readonly #gone = new Map<string, Labels>()

  /** With all nodes as they are now. */
  update(nodes: Iterable<Observed>): void {
    const live = new Map<string, Labels>()
    for (const { ref, facts } of nodes) if (facts.kind === 'node') live.set(ref.name, facts.labels)
    for (const [name, labels] of this.#live) if (!live.has(name)) this.#gone.set(name, labels)
    for (const name of live.keys()) this.#gone.delete(name)
    for (const name of this.#gone.keys()) {
      if (this.#gone.size <= GONE_KEPT) break
      this.#gone.delete(name)
    }
    this.#live = live
  }

  /** The value of `label` on a node, or on what was that node; undefined: such a node was never seen. */
  ofNode(name: string, label: string): string | undefined {
    const labels = this.#live.get(name) ?? this.#gone.get(name)
    return labels && (labels[label] ?? NOWHERE)
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
    const nodes = fitting(term, this.#live)
    const candidates = nodes.length > 0 ? nodes : fitting(term, this.#gone)
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

function fitting(term: NodeTerm, nodes: ReadonlyMap<string, Labels>): Labels[] {
  // A term without requirements fits no node, as the API has it.
  if (term.requirements.length === 0) return []
  return [...nodes.values()].filter(labels => term.requirements.every(one => fits(one, labels)))
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
