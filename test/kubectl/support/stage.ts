import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import {
  type ControlPlane,
  type KubeObject,
  type Rest,
  startControlPlane,
} from '../../kubernetes/index.ts'
import { find, namespaceNamed, regionNamed, tenantNamed } from '../../operator/support/index.ts'
import { installPlugin, type Plugin } from './plugin.ts'

/** A management cluster in which the test plays operator and kubelet, and the plugin. */
export interface Stage extends AsyncDisposable {
  plane: ControlPlane
  plugin: Plugin
  apply(...objects: KubeObject[]): Promise<void>
  /** What the operator, a controller or the kubelet writes. */
  setStatus(path: string, status: object): Promise<void>
  see(path: string): Promise<KubeObject>
}

export const TENANT = '/apis/platen.dev/v1alpha1/tenants'
export const REGION = '/apis/platen.dev/v1alpha1/regions'

export async function startStage(name: string): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const plane = stack.use(await startControlPlane({ name, controllers: 'basic' }))
  const plugin = stack.use(await installPlugin(plane.kubeconfig))
  const apply = async (...objects: KubeObject[]): Promise<void> => {
    await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: objects })
  }
  await apply(...['regions', 'tenants'].map(definition))
  const names = ['regions.platen.dev', 'tenants.platen.dev'].map(each => `crd/${each}`)
  await plane.kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...names])
  const all = stack.move()
  return {
    plane,
    plugin,
    apply,
    async setStatus(path, status) {
      await plane.rest.call('PATCH', `${path}/status`, { patch: 'merge', body: { status } })
    },
    see: path => plane.rest.call('GET', path),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** As it is in crds/. Backups and restores are taken as they come where it does not have them. */
function definition(plural: string): KubeObject {
  const file = new URL(`../../../crds/platen.dev_${plural}.yaml`, import.meta.url)
  return parse(readFileSync(file, 'utf8'))
}

/** Makes Region `de`, Tenant `acme` in it and their namespaces, all of it ready. */
export async function furnish({ apply, setStatus, plane }: Stage, host = HOST): Promise<void> {
  await apply(
    regionNamed('de'),
    tenantNamed('acme', {
      displayName: 'Hotel Sacher',
      sites: [
        { name: 'munich', displayName: 'Munich office' },
        { name: 'leipzig', displayName: 'Leipzig works' },
      ],
    }),
    namespaceNamed('tenant-acme', { 'platen.dev/tenant': 'acme' }),
    namespaceNamed('platen-region-de', { 'platen.dev/region': 'de' }),
    namespaceNamed('platen-system'),
  )
  await setStatus(`${REGION}/de`, { conditions: [condition('Ready', 'True', 'Ready')] })
  await setStatus(`${TENANT}/acme`, {
    region: 'de',
    namespace: 'tenant-acme',
    country: 'DE',
    host,
    version: '1.0.0',
    conditions: [
      condition('Ready', 'True', 'Ready'),
      condition('ResidencyVerified', 'True', 'Verified'),
    ],
  })
  await untilAccounts(plane.rest, ['tenant-acme', 'platen-region-de', 'platen-system'])
}

export const HOST = 'acme.de.platen.example'

export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message = '',
): KubeObject {
  return { type, status, reason, message, lastTransitionTime: '2026-11-29T06:00:00Z' }
}

/** Without its account no pod can be made in a namespace. */
async function untilAccounts(rest: Rest, namespaces: string[]): Promise<void> {
  for (const namespace of namespaces) {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`
    while (!(await find(rest, path))) await new Promise(resolve => setTimeout(resolve, 50))
  }
}

export function podNamed(namespace: string, name: string, more: KubeObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, ...more.metadata },
    spec: {
      containers: [{ name: 'main', image: 'registry.example.com/platen/x:1' }],
      ...more.spec,
    },
  }
}

export function workloadNamed(kind: 'Deployment' | 'StatefulSet', name: string): KubeObject {
  const labels = { 'app.kubernetes.io/name': name, 'platen.dev/tenant': 'acme' }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace: 'tenant-acme', name },
    spec: {
      replicas: 1,
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.example.com/platen/x:1' }] },
      },
    },
  }
}
