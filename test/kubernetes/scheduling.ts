import type { KubeObject } from './rest.ts'

/** Whether the scheduler may put the pod on the node, as far as labels decide. */
export function fits({ spec }: KubeObject, { metadata }: KubeObject): boolean {
  const labels: Record<string, string> = metadata.labels
  const selector: [string, string][] = Object.entries(spec.nodeSelector ?? {})
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms: { matchExpressions?: Requirement[] }[] | undefined = required?.nodeSelectorTerms
  return (
    selector.every(([key, value]) => labels[key] === value) &&
    // Terms are alternatives, the expressions of a term hold together.
    (terms === undefined || terms.some(term => (term.matchExpressions ?? []).every(holds(labels))))
  )
}

interface Requirement {
  key: string
  operator: string
  values?: string[]
}

const holds =
  (labels: Record<string, string>) =>
  ({ key, operator, values = [] }: Requirement): boolean => {
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
      default:
        throw new Error(`cannot simulate the operator ${operator} of a node affinity`)
    }
  }
