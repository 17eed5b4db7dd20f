import type { KubeObject } from '../../kubernetes/index.ts'

/** `STATUS REASON MESSAGE`, or `none`. */
export function conditionIn(object: KubeObject | undefined, type: string): string {
  const all: KubeObject[] = object?.status?.conditions ?? []
  const condition = all.find(one => one.type === type)
  if (!condition) return 'none'
  return `${condition.status} ${condition.reason} ${condition.message}`.trim()
}

/** Every condition a line, for a test that fails. */
export function conditionsIn(object: KubeObject | undefined): string {
  const all: KubeObject[] = object?.status?.conditions ?? []
  if (all.length === 0) return object ? 'no conditions' : 'no such object'
  return all.map(({ type }) => `${type}: ${conditionIn(object, type)}`).join('\n')
}
