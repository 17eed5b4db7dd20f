import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Entry, parseKeys, parseLine, type Verification, verifyLedger } from '@platen/ledger'
import { type Child, freePorts, startChild, untilReady } from '@platen/local'
import { type ControlPlane, simulateNodes, startControlPlane } from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'

export const LABEL = 'topology.kubernetes.io/region'
const main = fileURLToPath(new URL('../../../operator/main.ts', import.meta.url))

/** A cluster with nodes at home and abroad, and a running operator. */
export interface Country extends AsyncDisposable {
  cluster: ControlPlane
  startOperator(): Promise<void>
  stopOperator(): Promise<void>
  /** What the operator logged. */
  logFile: string
  /** Waits until the Tenant's status says so. */
  tenant(name: string): Promise<TenantSeen>
}

export interface TenantSeen {
  /** Of `ResidencyVerified`: `True`, `False`, `Unknown`; undefined: not there yet. */
  verified: string | undefined
  /** Of the same condition. */
  message: string | undefined
  accepted: string | undefined
  /** Of the ingest Deployment, as the operator wants it. */
  ingest: number | undefined
  head: string | undefined
}

export async function startCountry(env: Record<string, string> = {}): Promise<Country> {
  const stack = new AsyncDisposableStack()
  const directory = stack.use(temporaryDirectory())
  const cluster = stack.use(await startControlPlane({ name: 'residency' }))
  await cluster.installCrds('crds')
  const nodes = [
    { name: 'home', labels: { [LABEL]: 'eu-de' } },
    { name: 'abroad', labels: { [LABEL]: 'us-east' } },
  ]
  stack.use(await simulateNodes(cluster, { nodes, namespaces: /^(tenant|platen)-/ }))
  await cluster.kubectl(['apply', '-f', '-'], { input: [storageClass, namespace('platen-system')] })
  const logFile = join(directory.path, 'operator.log')
  let operator: Child | undefined
  const stopOperator = async () => operator?.stop(5_000)
  stack.defer(stopOperator)
  return {
    cluster,
    logFile,
    async startOperator() {
      const [health = 0] = await freePorts(1)
      operator = await startChild({
        name: 'operator',
        command: process.execPath,
        args: [main],
        logFile,
        env: {
          ...env,
          PLATEN_KUBECONFIG: cluster.kubeconfig,
          PLATEN_HEALTH_PORT: `${health}`,
          PLATEN_IDENTITY: `residency-${health}`,
        },
      })
      await untilReady(operator, () => whyNotReady(health), 60_000)
    },
    async stopOperator() {
      await stopOperator()
    },
    tenant: name => lookAt(cluster, name),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function whyNotReady(port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
    return answer.ok ? undefined : await answer.text()
  } catch {
    return 'it does not answer'
  }
}

async function lookAt({ rest }: ControlPlane, name: string): Promise<TenantSeen> {
  const { status } = await rest.call('GET', `/apis/platen.dev/v1alpha1/tenants/${name}`)
  const condition = (type: string) =>
    status?.conditions?.find((one: { type: string }) => one.type === type)
  const deployments = await rest.call('GET', `/apis/apps/v1/namespaces/tenant-${name}/deployments`)
  const ingest = deployments.items.find(
    ({ metadata }: { metadata: { name: string } }) => metadata.name === 'ingest',
  )
  return {
    verified: condition('ResidencyVerified')?.status,
    message: condition('ResidencyVerified')?.message,
    accepted: condition('Accepted')?.reason,
    ingest: ingest?.spec.replicas,
    head: status?.residency?.head,
  }
}

/** The tenant's ledger as it waits in its namespace, checked with the published keys and head. */
export async function ledgerOf(
  { cluster, tenant }: Country,
  name: string,
  region = 'de',
): Promise<Verification & { lines: string[]; newest: Entry | undefined }> {
  const path = `/api/v1/namespaces/tenant-${name}/configmaps/residency-ledger`
  const { data } = await cluster.rest.call('GET', path)
  const lines: string[] = data['entries.jsonl'].split('\n').filter((line: string) => line !== '')
  const { status } = await cluster.rest.call('GET', `/apis/platen.dev/v1alpha1/regions/${region}`)
  const { head } = await tenant(name)
  const keys = parseKeys(JSON.stringify(status.ledgerKeys))
  const last = parseLine(lines.at(-1) ?? '')
  return {
    ...verifyLedger(lines, keys, { tenant: name, region, ...(head !== undefined && { head }) }),
    lines,
    newest: typeof last === 'string' ? undefined : last.entry,
  }
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local' },
  provisioner: 'simulated.platen.test',
  volumeBindingMode: 'WaitForFirstConsumer',
  reclaimPolicy: 'Delete',
  allowedTopologies: [{ matchLabelExpressions: [{ key: LABEL, values: ['eu-de'] }] }],
}

export function namespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

export function regionNamed(name: string, spec: object = {}) {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Region',
    metadata: { name },
    spec: {
      countries: ['DE', 'AT'],
      domain: `${name}.platen.example`,
      placement: { regionLabel: LABEL, regionValue: 'eu-de', storageClassName: 'local' },
      edge: { serviceType: 'ClusterIP', replicas: 1 },
      images: { registry: 'registry.example/platen', version: '1.0.0' },
      ...spec,
    },
  }
}

export function tenantNamed(name: string, region = 'de') {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name },
    spec: {
      displayName: name,
      country: 'DE',
      regionRef: { name: region },
      sites: [{ name: 'berlin', displayName: 'Berlin' }],
    },
  }
}
