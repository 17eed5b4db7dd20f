import { LABELS, regionNamespace, tenantNamespace } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { World } from '../command.ts'
import type { Kubectl } from '../kubectl.ts'
import { see } from '../seen.ts'
import { regards } from '../status/events.ts'
import {
  describeClaim,
  describeConfigMap,
  describeName,
  describeNode,
  describeQuota,
  describeRegion,
  describeService,
  describeTenant,
  describeWorkload,
} from './describe.ts'
import type { From, Gathering } from './gather.ts'

/** The operator, and the cluster that it runs in. */
export async function gatherOperator(gathering: Gathering, world: World): Promise<void> {
  const { management: kubectl, namespace } = world
  const from = { kubectl, folder: 'operator', namespace }
  await Promise.all([
    gatherVersion(gathering, kubectl, 'operator'),
    gathering.list(from, 'deployments.apps', describeWorkload),
    gathering.events(from),
  ])
  await gathering.pods(from, `${LABELS.name}=platen-operator`)
}

async function gatherVersion(
  gathering: Gathering,
  kubectl: Kubectl,
  folder: string,
): Promise<void> {
  const seen = await see(() => kubectl.run('ask for the version', ['version', '-o', 'json']))
  if (seen.value === undefined) return gathering.miss(`${folder}: versions`, seen.why)
  const { clientVersion, serverVersion } = JSON.parse(seen.value)
  gathering.add(`${folder}/versions.json`, {
    kubectl: clientVersion?.gitVersion,
    server: serverVersion?.gitVersion,
    platform: serverVersion?.platform,
  })
}

export async function gatherRegion(
  gathering: Gathering,
  world: World,
  region: Region,
): Promise<void> {
  const { name } = region.metadata
  const folder = `regions/${name}`
  gathering.add(`${folder}/region.json`, describeRegion(region))
  const management = { kubectl: world.management, folder, namespace: 'default' }
  await gathering.events({ ...management, folder: `${folder}/own` }, regards('Region', name))
  const kubectl = await see(() => world.of(region))
  if (!kubectl.value) return gathering.miss(`${folder}: its cluster`, kubectl.why)
  const from = { kubectl: kubectl.value, folder, namespace: regionNamespace(name) }
  await Promise.all([
    gatherVersion(gathering, from.kubectl, folder),
    gathering.list({ kubectl: from.kubectl, folder }, 'nodes', describeNode),
    gatherCommon(gathering, from),
  ])
  await gathering.pods(from)
}

async function gatherCommon(gathering: Gathering, from: From): Promise<void> {
  await Promise.all([
    gathering.list(from, 'deployments.apps', describeWorkload),
    gathering.list(from, 'services', describeService),
    gathering.list(from, 'configmaps', describeConfigMap),
    gathering.list(from, 'networkpolicies.networking.k8s.io', describeName),
    gathering.events(from),
  ])
}

export async function gatherTenant(
  gathering: Gathering,
  world: World,
  { tenant, region }: { tenant: Tenant; region: Region | undefined },
): Promise<void> {
  const { name } = tenant.metadata
  const folder = `tenants/${name}`
  gathering.add(`${folder}/tenant.json`, describeTenant(tenant))
  const own = { kubectl: world.management, folder: `${folder}/own`, namespace: 'default' }
  await gathering.events(own, regards('Tenant', name))
  if (!region)
    return gathering.miss(`${folder}: its stack`, 'its Region is not known or not readable')
  const kubectl = await see(() => world.of(region))
  if (!kubectl.value) return gathering.miss(`${folder}: its stack`, kubectl.why)
  const from = { kubectl: kubectl.value, folder, namespace: tenantNamespace(name) }
  await Promise.all([
    gatherCommon(gathering, from),
    gathering.list(from, 'statefulsets.apps', describeWorkload),
    gathering.list(from, 'jobs.batch', describeWorkload),
    gathering.list(from, 'cronjobs.batch', describeName),
    gathering.list(from, 'resourcequotas', describeQuota),
    gathering.list(from, 'persistentvolumeclaims', describeClaim),
    region.spec.database.kind === 'cnpg'
      ? gathering.list(from, 'clusters.postgresql.cnpg.io', describeWorkload)
      : undefined,
  ])
  await gathering.pods(from)
}
