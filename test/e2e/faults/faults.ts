import { setTimeout as sleep } from 'node:timers/promises'
import { type ClusterPlan, MANAGEMENT } from '../../cluster/clusters.ts'
import { namespaceOf } from '../../cluster/network.ts'
import { controlNode, cutPower } from '../../cluster/node/machine.ts'
import { OPERATOR_NAMESPACE } from '../../cluster/platform/operator.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { siteNamespace } from '../../cluster/platform/sites.ts'
import { run } from '../../cluster/run.ts'
import { startClusters } from '../../cluster/up.ts'
import { until } from '../../cluster/wait.ts'
import type { Platform } from '../platform.ts'
import { killContainer } from './containers.ts'
import { restartsOf, untilNodeAnswers, untilReached, untilRestarted } from './works.ts'

/** Something that goes wrong, so many times. It is over when `strike` is. */
export interface Fault {
  name: string
  times: number
  /** What else than the struck tenant it hits, so that the other one cannot be held against it. */
  hitsAll?: boolean
  strike(): Promise<void>
  /** Until what was hit works again by itself; absent: when the strike is over, it does. */
  untilWorks?(): Promise<void>
}

const API_SERVER_AWAY_MS = 60_000
const DRAINED_MS = 10_000

/**
 * Those of one tenant, of the edge and the operator, and of its node.
 * @param customer whose monitor on site is killed, too: the tenant's own reports come from none.
 */
export function faultsOf(
  platform: Platform,
  { tenant, customer, times }: { tenant: TenantPlan; customer: TenantPlan; times: number },
): Fault[] {
  const { cluster, name: region } = tenant.region
  const namespace = `tenant-${tenant.name}`
  const edges = `platen-region-${region}`
  const { kubectl } = platform.cluster(cluster)

  function killing(where: string, part: string, container: string): Fault {
    const place = { cluster, namespace: where, part, container }
    let before = 0
    return {
      name: `SIGKILL ${container} (${part})`,
      times,
      hitsAll: part === 'edge',
      async strike() {
        const [pod] = await platform.pods(cluster, where, part)
        if (!pod) throw new Error(`cannot kill ${container}: no pod of ${part} runs`)
        before = await restartsOf(platform, place)
        killContainer(pod, container)
      },
      untilWorks: () => untilRestarted(platform, place, before),
    }
  }

  function deleting(where: string, part: string): Fault {
    return {
      name: `pod of ${part} deleted`,
      times: 1,
      hitsAll: part === 'edge',
      async strike() {
        const old = await platform.pods(cluster, where, part)
        const selector = ['--selector', `app.kubernetes.io/name=${part}`]
        await kubectl(['--namespace', where, 'delete', 'pod', '--wait=false', ...selector])
        await until(`another pod of ${part} is ready`, () => whyNotReplaced(where, part, old))
      },
    }
  }

  async function whyNotReplaced(where: string, part: string, old: { metadata: { uid: string } }[]) {
    const uids = new Set(old.map(({ metadata }) => metadata.uid))
    const pods = await platform.pods(cluster, where, part)
    const isReplaced = pods.some(pod => !uids.has(pod.metadata.uid) && isReady(pod))
    return isReplaced ? undefined : `${pods.length} run, none of them new and ready`
  }

  return [
    killing(namespace, 'ingest', 'ingest'),
    killing(namespace, 'ingest', 'xmpp'),
    killing(namespace, 'api', 'api'),
    killing(namespace, 'database', 'postgresql'),
    killing(namespace, 'database', 'backup'),
    killing(edges, 'edge', 'haproxy'),
    killing(edges, 'edge', 'agent'),
    killing(OPERATOR_NAMESPACE, 'platen-operator', 'operator'),
    killing(siteNamespace(customer), 'platen-monitor', 'monitor'),
    ...['ingest', 'api', 'database'].map(part => deleting(namespace, part)),
    deleting(edges, 'edge'),
    ...nodeFaults(platform, cluster),
  ]
}

/** Of the node that everything of the cluster runs on. */
function nodeFaults(platform: Platform, cluster: ClusterPlan): Fault[] {
  const node = controlNode(cluster)
  const { kubectl } = platform.cluster(cluster)
  return [
    ...['kubelet', 'containerd'].map(program => ({
      name: `SIGKILL ${program}`,
      times: 1,
      strike: () => node.kill(program),
      untilWorks: () => untilNodeAnswers(platform, cluster),
    })),
    {
      name: 'API server away',
      times: 1,
      strike: () => takeApiServerAway(platform, cluster),
    },
    {
      name: 'node drained and uncordoned',
      times: 1,
      hitsAll: true,
      async strike() {
        const how = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=180s']
        // The operator's budget would wait for a second node, which there is not.
        await kubectl(['drain', cluster.name, ...how, '--disable-eviction'])
        await sleep(DRAINED_MS)
        await kubectl(['uncordon', cluster.name])
      },
    },
    {
      name: 'power cut',
      times: 1,
      hitsAll: true,
      strike: () => powerCut(cluster),
      untilWorks: () => untilNodeAnswers(platform, cluster),
    },
  ]
}

async function takeApiServerAway(platform: Platform, cluster: ClusterPlan): Promise<void> {
  const node = controlNode(cluster)
  await node.stop('kube-apiserver')
  await sleep(API_SERVER_AWAY_MS)
  await node.start('kube-apiserver')
  await until('the API server is ready', async () => {
    await platform.cluster(cluster).rest.text('/readyz')
    return undefined
  })
}

/** Everything of the cluster is killed at once, its control plane too, and is switched on again. */
async function powerCut(cluster: ClusterPlan): Promise<void> {
  await cutPower(cluster)
  await startClusters(() => {})
}

const CUT_MS = 120_000

/** The operator cannot reach the region, whose tenants go on: their reports take another way. */
export function cutFault(platform: Platform, { name, cluster }: TenantPlan['region']): Fault {
  let since = 0
  return {
    name: `${cluster.name} cut from ${MANAGEMENT.name}`,
    times: 1,
    async strike() {
      since = Date.now()
      await cutBetween(cluster, MANAGEMENT, CUT_MS)
    },
    untilWorks: () => untilReached(platform, name, since),
  }
}

/** Between two clusters' nodes nothing gets through for so long; each still reaches everything else. */
async function cutBetween(one: ClusterPlan, other: ClusterPlan, ms: number): Promise<void> {
  const inside = ['netns', 'exec', namespaceOf(one), 'nft']
  const addresses = `{ ${other.address}, ${other.balancerAddress} }`
  const rules = `
table ip platen-cut {
  chain input { type filter hook input priority filter; ip saddr ${addresses} drop; }
  chain output { type filter hook output priority filter; ip daddr ${addresses} drop; }
  chain forward { type filter hook forward priority filter; ip daddr ${addresses} drop; }
}`
  await run('ip', [...inside, '-f', '-'], rules)
  await sleep(ms).finally(() => run('ip', [...inside, 'delete', 'table', 'ip', 'platen-cut']))
}

function isReady({ status }: { status: { conditions: { type: string; status: string }[] } }) {
  return status.conditions.some(one => one.type === 'Ready' && one.status === 'True')
}
