import { MANAGEMENT } from '../../cluster/clusters.ts'
import { DE, type TenantPlan } from '../../cluster/platform/places.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import {
  ABROAD,
  nodeAbroad,
  podAbroad,
  REGION_LABEL,
  unbound,
  volumeAbroad,
  wayOut,
} from './abroad.ts'
import { letStoreSay } from './store.ts'

/** A way in which data could leave, done to the real thing. */
export interface Strike {
  name: string
  /** What the API server refuses to make while the rules stand. Neither this nor an edit: it has no rule about that. */
  refused?: KubeObject[]
  /** Arguments of kubectl that it refuses then. */
  edit?: string[]
  /** @returns when it stood, in ms since 1970. */
  strike(): Promise<number>
  /** What `ResidencyVerified` and the ledger say of it. */
  says: RegExp
  /** Undefined: the operator does it. */
  undo?(): Promise<unknown>
}

export const HOME = DE.cluster.region

export function strikesOn(platform: Platform, { name }: TenantPlan): Strike[] {
  const namespace = `tenant-${name}`
  const labels = { 'platen.dev/tenant': name }
  const { kubectl } = platform.cluster(MANAGEMENT)
  const inside = (...args: string[]) => kubectl(['--namespace', namespace, ...args])
  const create = (objects: KubeObject[]) => kubectl(['create', '-f', '-'], { input: objects })
  const label = (place: string) =>
    kubectl(['label', 'node', MANAGEMENT.name, `${REGION_LABEL}=${place}`, '--overwrite'])
  const [volume, claim] = volumeAbroad(namespace, labels)
  const forced = forcedPods(platform, namespace)
  const rule = JSON.stringify([{ op: 'add', path: '/spec/egress/-', value: {} }])
  const policy = ['patch', 'networkpolicy', 'ingest', '--type=json', '-p', rule]
  const widen = ['--namespace', namespace, ...policy]

  return [
    {
      name: 'a pod of ingest on a node of another region, its affinity removed by hand',
      refused: [podAbroad(namespace, labels)],
      says: new RegExp(`a pod of ingest is in ${ABROAD}, not in ${HOME}`),
      strike: () => forced.make(),
      undo: () => forced.remove(),
    },
    {
      name: "the label of the volumes' node changes",
      says: new RegExp(`the volume of the claim data-database-0 can be in ${ABROAD}`),
      strike: () => struck(() => label(ABROAD)),
      undo: () => label(HOME),
    },
    {
      name: 'the object store says another location of the bucket',
      says: new RegExp(`bucket \\S+ is in ${ABROAD}, not in ${HOME}`),
      async strike() {
        await letStoreSay(platform, ABROAD)
        return Date.now()
      },
      undo: () => letStoreSay(platform, HOME),
    },
    {
      name: "a database's volume that was restored by hand, abroad",
      refused: [claim],
      says: new RegExp(`the claim ${claim.metadata.name} was given a volume by hand`),
      strike: () => struck(() => create([volume, claim])),
      async undo() {
        await inside('delete', 'persistentvolumeclaim', claim.metadata.name)
        await kubectl(['delete', 'persistentvolume', volume.metadata.name])
      },
    },
    {
      name: 'a network policy by hand that lets everything out',
      refused: [wayOut(namespace)],
      says: /network policy way-out is not as the operator made it/,
      strike: () => struck(() => create([wayOut(namespace)])),
      undo: () => inside('delete', 'networkpolicy', 'way-out'),
    },
    {
      name: "a rule added by hand to the operator's own network policy",
      edit: widen,
      says: /network policy ingest is not as the operator made it/,
      strike: () => struck(() => kubectl(widen)),
    },
  ]
}

/** It stands from some moment in between on: the earlier one counts. */
async function struck(deed: () => Promise<unknown>): Promise<number> {
  const at = Date.now()
  await deed()
  return at
}

/** Pods of ingest that the Deployment's own ReplicaSet makes on the node abroad, after its template was edited. */
function forcedPods(platform: Platform, namespace: string) {
  const { kubectl, rest } = platform.cluster(MANAGEMENT)
  const node = nodeAbroad.metadata.name
  const edit = ['patch', 'deployment', 'ingest', '--type=merge', '-p', JSON.stringify(unbound)]

  async function found(): Promise<KubeObject[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=spec.nodeName%3D${node}`
    return (await rest.call('GET', path)).items
  }

  return {
    /** The operator takes the edit back at once: now and then no pod is made of it, and it is edited again. */
    async make(): Promise<number> {
      let at = Date.now()
      await until(`a pod is bound to ${node}`, async () => {
        if ((await found()).length > 0) return undefined
        at = Date.now()
        await kubectl(['--namespace', namespace, ...edit])
        return 'the edit was taken back before a pod was made of it'
      })
      return at
    },
    /** No kubelet says that they have ended. */
    async remove(): Promise<void> {
      const names = (await found()).map(({ metadata }) => metadata.name)
      const args = ['delete', 'pod', ...names, '--ignore-not-found', '--force', '--grace-period=0']
      if (names.length > 0) await kubectl(['--namespace', namespace, ...args])
    },
  }
}
