import type { KubeObject, Rest } from '../../kubernetes/index.ts'
import { tenantName, tenantNamespace } from './objects.ts'
import { watchAll } from './watched.ts'

const DEADLINE_MS = 60_000

/** What is edited: one edit after the other, each of another tenant, while all tenants exist. */
export interface EditRun {
  rest: Rest
  tenants: number
  edits: number
}

/** Milliseconds from before a Tenant's site gets another name until its ConfigMap has that name. */
export async function timeEdits({ rest, tenants, edits }: EditRun): Promise<number[]> {
  await using configMaps = watchAll(rest, '/api/v1/configmaps?fieldSelector=metadata.name%3Dtenant')
  const times: number[] = []
  for (let edit = 0; edit < edits; edit++) {
    const index = spread(edit, { tenants, edits })
    const displayName = `Edited ${edit}`
    const isThere = configMaps.until({
      namespace: tenantNamespace(index),
      name: 'tenant',
      is: ({ data }) => data['sites.json'].includes(displayName),
      deadlineMs: DEADLINE_MS,
    })
    const sites = [
      { name: 'north', displayName },
      { name: 'south', displayName: 'South' },
    ]
    times.push(
      await timed(isThere, () =>
        rest.call('PATCH', `/apis/platen.dev/v1alpha1/tenants/${tenantName(index)}`, {
          patch: 'merge',
          body: { spec: { sites } },
        }),
      ),
    )
  }
  return times
}

/** Milliseconds from before somebody scales a Deployment by hand until it is as it was. */
export async function timeRepairs({ rest, tenants, edits }: EditRun): Promise<number[]> {
  await using deployments = watchAll(
    rest,
    '/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dapi',
  )
  const times: number[] = []
  for (let edit = 0; edit < edits; edit++) {
    const namespace = tenantNamespace(spread(edit, { tenants, edits }))
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/api`
    const before = await rest.call('GET', path)
    const isRepaired =
      (version: string) =>
      ({ metadata, spec }: KubeObject) =>
        BigInt(metadata.resourceVersion) > BigInt(version) && spec.replicas === before.spec.replicas
    const begin = performance.now()
    const edited = await rest.call('PATCH', path, {
      patch: 'merge',
      body: { spec: { replicas: before.spec.replicas + 5 } },
    })
    const is = isRepaired(edited.metadata.resourceVersion)
    await deployments.until({ namespace, name: 'api', is, deadlineMs: DEADLINE_MS })
    times.push(performance.now() - begin)
  }
  return times
}

/** Tenants as far from each other as there are; the same again when there are fewer than edits. */
function spread(edit: number, { tenants, edits }: { tenants: number; edits: number }): number {
  return Math.floor((edit * Math.max(1, tenants / edits)) % tenants)
}

async function timed(done: Promise<void>, begin: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  done.catch(() => {}) // is awaited below, after what may fail first
  await begin()
  await done
  return performance.now() - start
}
