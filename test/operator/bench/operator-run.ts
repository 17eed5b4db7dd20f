import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSeconds } from '../../bench/cpu.ts'
import { operatorEnvironmentFromChart } from '../../charts/chart.ts'
import type { AuditedRequest, KubeObject } from '../../kubernetes/index.ts'
import { startProcess } from '../../support/process.ts'
import type { Sample } from './bare-loop.ts'
import type { BenchCluster } from './bench-cluster.ts'
import { between } from './calls.ts'
import { type Cpu, countCpu } from './cpu.ts'
import { timeEdits, timeRepairs } from './edits.ts'
import { inParallel } from './in-parallel.ts'
import { type Memory, memoryOf } from './memory.ts'
import { region, tenant, tenantName, tenantNamespace } from './objects.ts'
import type { Options } from './options.ts'
import { startStandIns } from './stand-ins.ts'
import { type Watched, watchAll } from './watched.ts'

/** What was seen of the operator. Times are Unix times in milliseconds. */
export interface OperatorRun {
  seconds: number
  /** The operator's requests from the first Tenant until all were ready. */
  converging: AuditedRequest[]
  /** Those of the steady time. */
  steady: AuditedRequest[]
  /** CPU seconds while it converged. */
  cpu: Cpu & { operator: number }
  /** At the end of the steady time. */
  memory: Memory
  /** At the end of all. */
  memoryAfter: Memory
  edits: number[]
  repairs: number[]
  sample: Sample
}

const TENANTS = '/apis/platen.dev/v1alpha1/tenants'
const REGIONS = '/apis/platen.dev/v1alpha1/regions'
const READY_MS = 120_000
const STUCK_MS = 180_000

/** Runs the operator, a process of its own, on the cluster: from the first Tenant to edits while all exist. */
export async function runOperator(
  cluster: BenchCluster,
  options: Options,
  tell: (line: string) => void,
): Promise<OperatorRun> {
  const { rest } = cluster.plane
  await using _standIns = startStandIns(cluster.plane)
  await using operator = startProcess('operator/main.ts', {
    ...(await operatorEnvironmentFromChart()),
    PLATEN_HEALTH_HOST: '127.0.0.1',
    PLATEN_HEALTH_PORT: '0',
    PLATEN_KUBECONFIG: cluster.kubeconfig,
  })
  await using regions = watchAll(rest, REGIONS)
  await using tenants = watchAll(rest, TENANTS)
  await rest.call('POST', REGIONS, { body: region })
  await untilReady(regions, region.metadata.name)

  tell(`making ${options.tenants} tenants`)
  const from = Date.now()
  const [cpuSince, before] = [countCpu(cluster.plane), cpuSeconds(operator.pid)]
  await inParallel(options.tenants, 32, async index => {
    await rest.call('POST', TENANTS, { body: tenant(index) })
  })
  await untilAllReady(tenants, { options, tell })
  const until = Date.now()
  const cpu = { ...cpuSince(), operator: cpuSeconds(operator.pid) - before }

  const steady = await restFor({ options, tell })
  const memory = memoryOf(operator.pid)
  const sample = await sampleOf(cluster)
  const run = { rest, tenants: options.tenants, edits: options.edits }
  tell(`timing ${options.edits} edits`)
  const edits = await timeEdits(run)
  await untilAllReady(tenants, { options, tell })
  tell(`timing ${options.edits} repairs`)
  const repairs = await timeRepairs(run)
  const requests = await cluster.plane.requests()
  return {
    seconds: (until - from) / 1000,
    converging: between(requests, from, until),
    steady: between(requests, steady.from, steady.until),
    cpu,
    memory,
    memoryAfter: memoryOf(operator.pid),
    edits,
    repairs,
    sample,
  }
}

interface Told {
  options: Options
  tell: (line: string) => void
}

async function untilReady(objects: Watched, name: string): Promise<void> {
  try {
    await objects.until({ name, is: isReady, deadlineMs: READY_MS })
  } catch (error) {
    const [object] = [...objects.values()].filter(({ metadata }) => metadata.name === name)
    throw new Error(`cannot measure: ${name} does not become ready: ${whyNot(object)}`, {
      cause: error,
    })
  }
}

/** Fails when nothing gets ready for three minutes: a busy machine is slow. */
async function untilAllReady(tenants: Watched, { options, tell }: Told): Promise<void> {
  let [last, changed] = [-1, Date.now()]
  for (let told = Date.now(); ; await sleep(20)) {
    const all = [...tenants.values()]
    const ready = all.filter(isReady).length
    if (ready === options.tenants) return
    if (ready !== last) changed = Date.now()
    last = ready
    if (Date.now() - changed > STUCK_MS) {
      const late = all.find(one => !isReady(one))
      throw new Error(
        `cannot measure: ${ready} of ${options.tenants} are ready; ${late?.metadata.name}: ${whyNot(late)}`,
      )
    }
    if (Date.now() - told < 10_000) continue
    told = Date.now()
    tell(`${ready} of ${options.tenants} are ready`)
  }
}

const READY = 'Ready'

interface Condition {
  type: string
  status: string
  reason: string
  message: string
}

/** Also of what it is now, not of an earlier spec. */
function isReady({ metadata, status }: KubeObject): boolean {
  const conditions: Condition[] = status?.conditions ?? []
  const isTrue = conditions.some(({ type, status }) => type === READY && status === 'True')
  return isTrue && status.observedGeneration === metadata.generation
}

function whyNot(object: KubeObject | undefined): string {
  const conditions: Condition[] = object?.status?.conditions ?? []
  const missing = conditions.filter(({ status }) => status !== 'True')
  const words = missing.map(({ type, reason, message }) => `${type} ${reason} (${message})`)
  return words.join('; ') || 'it has no conditions'
}

/** Ready was seen before the last writes of others are over: what follows within two seconds belongs to it. */
const AFTERMATH_MS = 2_000

async function restFor({ options, tell }: Told) {
  await sleep(AFTERMATH_MS)
  const from = Date.now()
  tell(`watching it do nothing for ${options.steady} s`)
  await sleep(options.steady * 1000)
  return { from, until: Date.now() }
}

async function sampleOf({ plane: { rest } }: BenchCluster): Promise<Sample> {
  const path = `/api/v1/namespaces/${tenantNamespace(0)}/secrets`
  const { items } = await rest.call('GET', path)
  return {
    region: await rest.call('GET', `${REGIONS}/${region.metadata.name}`),
    tenant: await rest.call('GET', `${TENANTS}/${tenantName(0)}`),
    secrets: items.map((item: KubeObject) => ({ apiVersion: 'v1', kind: 'Secret', ...item })),
  }
}
