/** What the status of a Tenant said, in the order in which the API server told it. */
export interface Said {
  tenant: string
  /** Of the condition Progressing. */
  reason: string
}

/** How many tenants were being changed at the same time, at most. */
export function mostAtOnce(history: readonly Said[]): number {
  const now = new Map<string, string>()
  let most = 0
  for (const { tenant, reason } of history) {
    now.set(tenant, reason)
    const moving = [...now.values()].filter(one => one === 'RollingOut').length
    most = Math.max(most, moving)
  }
  return most
}

/** Who began to change, each once, in order. */
export function begun(history: readonly Said[]): string[] {
  const moving = history.filter(({ reason }) => reason === 'RollingOut')
  return [...new Set(moving.map(({ tenant }) => tenant))]
}
