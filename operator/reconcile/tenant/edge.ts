import { tenantHost } from '../../names.ts'
import { done, type Outcome, waitFor } from '../outcome.ts'
import type { StackScope } from './scope.ts'

const CONDITION = 'EdgeReady'

/** The tenant's way in. The region's reconcile makes the routes of all its tenants; here is only seen whether there is one. */
export async function edge(s: StackScope): Promise<Outcome> {
  const { context } = s
  if (s.tenant.spec.suspend) return waitFor(CONDITION, 'Suspended', 'the tenant is suspended')
  if (!context.routes.has(hostOf(s))) {
    return waitFor(
      CONDITION,
      'Waiting',
      'waiting for the route of the edge, which opens when ingest and API are ready',
    )
  }
  const { edgeProblem } = context
  if (edgeProblem !== undefined) {
    const { name } = s.region.metadata
    return waitFor(CONDITION, 'Starting', `the edge of Region ${name} is not ready: ${edgeProblem}`)
  }
  s.conditions.set(CONDITION, 'True', { reason: 'Ready' })
  return done
}

/** Nobody new gets in; connections that exist end with what they lead to. */
export async function closeRoute(s: StackScope): Promise<Outcome> {
  if (!s.context.routes.has(hostOf(s))) return done
  return waitFor('Deleting', 'Deleting', 'closing the route of the edge', 2_000)
}

function hostOf({ tenant, region }: StackScope): string {
  return tenantHost(tenant.metadata.name, region.spec.domain)
}
