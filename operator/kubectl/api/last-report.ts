import type { World } from '../command.ts'
import { type Seen, see } from '../seen.ts'
import { type ApiOptions, type TenantApi, withApi } from './tenant-api.ts'

export interface LastReport {
  /** The name by which it logs in. */
  monitor?: string
  /** RFC 3339; absent: none of them ever reported. */
  at?: string
  monitors: number
  neverReported: number
}

/** Of the monitor that reported last; undefined: the tenant has none. */
export async function lastReport(
  world: World,
  options: ApiOptions,
): Promise<Seen<LastReport | undefined>> {
  return await see(() => withApi(world, options, async api => newestOf(await monitorsOf(api))))
}

interface Monitor {
  name: string
  lastContactAt: string | null
}

interface Page {
  monitors: {
    nodes: Monitor[]
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
  }
}

const MONITORS = `query ($after: String) {
  monitors(first: 200, after: $after) { nodes { name lastContactAt } pageInfo { hasNextPage endCursor } }
}`

async function monitorsOf(api: TenantApi): Promise<Monitor[]> {
  const all: Monitor[] = []
  let after: string | null = null
  do {
    const { monitors }: Page = await api.query<Page>(MONITORS, { after })
    all.push(...monitors.nodes)
    after = monitors.pageInfo.hasNextPage ? monitors.pageInfo.endCursor : null
  } while (after !== null)
  return all
}

export function newestOf(monitors: readonly Monitor[]): LastReport | undefined {
  if (monitors.length === 0) return undefined
  const heard = monitors.filter(({ lastContactAt }) => lastContactAt !== null)
  const [newest] = heard.sort((a, b) =>
    (a.lastContactAt ?? '') > (b.lastContactAt ?? '') ? -1 : 1,
  )
  return {
    ...(newest && { monitor: newest.name, at: newest.lastContactAt ?? '' }),
    monitors: monitors.length,
    neverReported: monitors.length - heard.length,
  }
}
