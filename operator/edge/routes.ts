import type { KubernetesObject } from '../cluster/object.ts'
import type { EdgeInput, Route } from './input.ts'
import { owned } from './owned.ts'

export const ROUTES = { name: 'edge-routes', key: 'routes' } as const

/** A ConfigMap holds 1 MiB; some of it is for names and labels. */
const MAX_BYTES = 1_000_000

/**
 * The region's routes, apart from the configuration: they come and go without a restart. The edge's agent reads them, see
 * services/edge/routes.ts.
 * @throws when they are too many for a ConfigMap: at 5,000 tenants there are 200 bytes for each, at 10,000 there are 100.
 */
export function routesConfigMap(input: EdgeInput): KubernetesObject {
  const text = routesText(input.routes)
  if (text.length > MAX_BYTES) {
    const { name } = input.region.metadata
    throw new Error(
      `cannot render the routes of Region ${name}: they have ${text.length} bytes and a ConfigMap has room for ${MAX_BYTES}; put further tenants into another Region`,
    )
  }
  return owned(
    input,
    { apiVersion: 'v1', kind: 'ConfigMap', name: ROUTES.name },
    {
      data: { [ROUTES.key]: text },
    },
  )
}

/** The last line says how many there are, so that half a file is not taken for a whole one. */
export function routesText(routes: Route[]): string {
  const lines = routes.map(({ host, namespace }) => `${host.toLowerCase()} ${namespace}`).sort()
  return [...lines, `# ${lines.length} routes`, ''].join('\n')
}
