import { expect } from 'vitest'
import { CLUSTERS, MANAGEMENT } from '../../cluster/clusters.ts'
import { OPERATOR_NAMESPACE } from '../../cluster/platform/operator.ts'
import { DE } from '../../cluster/platform/places.ts'
import { RELEASE } from '../../cluster/platform/resources.ts'
import { deleteResources, uninstallOperator } from '../../cluster/platform/uninstall.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { tagRelease } from '../support/images.ts'
import type { Desk } from './desk.ts'
import {
  loseStack,
  placePrinters,
  untilAnswers,
  untilArchived,
  untilPrintersAreThere,
} from './musterwerk.ts'
import { variables } from './variables.ts'

/** What is around a chapter of the page. */
export interface Situation {
  /** Brings about what the chapter begins with. */
  before?(): Promise<void>
  /**
   * Holds what its commands did against what the chapter says.
   * @param output of all its blocks.
   */
  after?(output: string): Promise<void>
}

const ROLLOUT_MS = 1_800_000

/** By the chapter's heading. */
export function situations(platform: Platform, desk: Desk): Record<string, Situation> {
  const printersAreThere = () => untilPrintersAreThere(platform)
  return {
    'A region in the same cluster': {
      async after(output) {
        expect(output).toContain('"status":"True"')
      },
    },
    DNS: {
      async after(output) {
        expect(output).toContain(DE.cluster.balancerAddress)
      },
    },
    'The first monitor': {
      async before() {
        await untilAnswers(platform)
        await placePrinters(platform)
      },
      after: printersAreThere,
    },
    'The operator itself': {
      async before() {
        for (const cluster of CLUSTERS) await tagRelease(cluster, RELEASE, variables.NEXT)
      },
    },
    'One tenant, then all': { after: () => untilAllRun(platform, variables.NEXT) },
    'A bad version': { after: () => untilAllRun(platform, variables.VERSION) },
    'To a second': { after: printersAreThere },
    "A tenant's stack is lost": {
      async before() {
        await desk.run('kubectl platen backup musterwerk --wait')
        await untilArchived(platform)
        await loseStack(platform)
      },
      after: printersAreThere,
    },
    'The management cluster is lost': {
      before: () => loseManagement(platform),
      after: printersAreThere,
    },
    'Suspend and delete': {
      async after() {
        const { rest } = platform.cluster(DE.cluster)
        const gone = rest.call('GET', '/api/v1/namespaces/tenant-musterwerk')
        await expect(gone).rejects.toThrow()
      },
    },
    'A report for support': {
      async after(output) {
        expect(output).toContain('README.txt')
      },
    },
  }
}

/** Every tenant of the Region, not only the page's. */
async function untilAllRun(platform: Platform, version: string): Promise<void> {
  const { rest } = platform.cluster(MANAGEMENT)
  await until(
    `all tenants of ${DE.name} run ${version}`,
    async () => {
      const { items } = await rest.call('GET', '/apis/platen.dev/v1alpha1/tenants')
      const late = items.filter(
        ({ status }: KubeObject) =>
          status.region === DE.name && !(status.version === version && isReady(status)),
      )
      const names = late.map(({ metadata }: KubeObject) => metadata.name)
      return names.length === 0 ? undefined : `${names.join(', ')} not yet`
    },
    ROLLOUT_MS,
  )
}

function isReady({ conditions }: KubeObject): boolean {
  return conditions.some(({ type, status }: KubeObject) => type === 'Ready' && status === 'True')
}

/** Everything of Platen that only the management cluster has is gone; regions go on without noticing. */
async function loseManagement(platform: Platform): Promise<void> {
  const management = platform.cluster(MANAGEMENT)
  await uninstallOperator(management)
  await deleteResources(management)
  await management.kubectl(['delete', 'namespace', OPERATOR_NAMESPACE, '--timeout=120s'])
}
