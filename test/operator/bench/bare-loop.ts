import { renderTenant, type Tenant, type TenantInput } from '@platen/operator'
import { readKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { type KubeObject, type Rest, restTo } from '../../kubernetes/rest.ts'
import type { BenchCluster } from './bench-cluster.ts'
import { type Cpu, countCpu } from './cpu.ts'
import { inParallel } from './in-parallel.ts'

/** How many applies are in flight. */
const AT_ONCE = 32

export interface BareLoop {
  seconds: number
  /** Applies, all told. */
  applies: number
  /** CPU seconds. */
  cpu: Cpu
}

/** What the operator made of one tenant, as far as rendering needs to know. */
export interface Sample {
  region: TenantInput['region']
  tenant: Tenant
  /** As the operator made them; they are secrets of nobody. */
  secrets: KubeObject[]
}

/**
 * The yardstick: server-side applies of all objects of so many tenants, `AT_ONCE` at a time, each tenant's in order, and
 * nothing else.
 */
export async function runBareLoop(
  cluster: BenchCluster,
  sample: Sample,
  tenants: number,
): Promise<BareLoop> {
  using rest = restTo(readKubeconfig(cluster.kubeconfig))
  const plurals = await pluralsOf(rest, objectsOf(sample, 0))
  let applies = 0
  const [begin, cpuSince] = [performance.now(), countCpu(cluster.plane)]
  await inParallel(tenants, AT_ONCE, async index => {
    for (const object of objectsOf(sample, index)) {
      await rest.call('PATCH', pathOf(object, plurals), { patch: 'apply', body: object })
      applies += 1
    }
  })
  return { seconds: (performance.now() - begin) / 1000, applies, cpu: cpuSince() }
}

/** The same objects that the operator applies, for another tenant. */
export function objectsOf({ region, tenant, secrets }: Sample, index: number): KubeObject[] {
  const name = `bare-${index}`
  const [namespace, ...rest] = renderTenant({
    region,
    tenant: { ...tenant, metadata: { ...tenant.metadata, name } },
    version: region.spec.images.version,
    secrets: Object.fromEntries(secrets.map(({ metadata }) => [metadata.name, 'a1b2c3d4'])),
    accepting: true,
    mayBackUp: true,
    ledger: [],
    ledgerKeys: {},
    addresses: { hosts: {}, apiServer: [] },
  })
  if (!namespace) throw new Error('cannot measure: nothing is rendered')
  const renamed = secrets.map(({ apiVersion, kind, type, metadata, data }) => ({
    apiVersion,
    kind,
    type,
    metadata: {
      name: metadata.name,
      namespace: namespace.metadata.name,
      labels: metadata.labels,
      annotations: metadata.annotations,
    },
    data,
  }))
  return [namespace, ...renamed, ...rest]
}

type Plurals = Map<string, { plural: string; namespaced: boolean }>

async function pluralsOf(rest: Rest, objects: KubeObject[]): Promise<Plurals> {
  const plurals: Plurals = new Map()
  for (const apiVersion of new Set(objects.map(object => object.apiVersion))) {
    const { resources } = await rest.call('GET', rootOf(apiVersion))
    for (const { kind, name, namespaced } of resources) {
      if (!name.includes('/')) plurals.set(`${apiVersion} ${kind}`, { plural: name, namespaced })
    }
  }
  return plurals
}

const rootOf = (apiVersion: string) =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

function pathOf({ apiVersion, kind, metadata }: KubeObject, plurals: Plurals): string {
  const known = plurals.get(`${apiVersion} ${kind}`)
  if (!known) throw new Error(`cannot measure: the API server does not know ${kind}`)
  const within = known.namespaced ? `/namespaces/${metadata.namespace}` : ''
  const query = 'fieldManager=platen-operator&force=true&fieldValidation=Strict'
  return `${rootOf(apiVersion)}${within}/${known.plural}/${metadata.name}?${query}`
}
