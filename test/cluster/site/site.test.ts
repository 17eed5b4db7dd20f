import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MONITOR_CHART, renderChart } from '../../charts/chart.ts'
import { readSettings } from '../../fleet/settings.ts'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../../kubernetes/index.ts'
import { monitorValues } from './monitor-values.ts'
import { printers } from './printers.ts'

const NAMESPACE = 'cluster-site-test'
const IMAGE = 'localhost/platen/platen-printers:dev'
const MONITOR = {
  registry: 'localhost/platen',
  version: 'dev',
  enrol: { url: 'https://acme.de.platen.test', code: 'code' },
  networks: ['10.244.0.0/24'],
}

const [service, set, policy] = printers({ namespace: NAMESPACE, count: 3, image: IMAGE, seed: 7 })
const [printer] = set?.spec.template.spec.containers ?? []

/** What a pod's process is told, when the kubelet has filled in what is only known there. */
function environmentOf(pod: { 'status.podIP': string; index: number }): Record<string, string> {
  const fields: Record<string, string> = {
    'status.podIP': pod['status.podIP'],
    "metadata.labels['apps.kubernetes.io/pod-index']": String(pod.index),
  }
  return Object.fromEntries(
    printer.env.map(({ name, value, valueFrom }: KubeObject) => [
      name,
      value ?? fields[valueFrom.fieldRef.fieldPath],
    ]),
  )
}

describe('the printers of a site', () => {
  it('are one device each, on its own address and on the port of SNMP', () => {
    const settings = [0, 1].map(index =>
      readSettings(environmentOf({ 'status.podIP': `10.244.0.${index + 5}`, index })),
    )
    expect(settings).toMatchObject([
      { devices: 1, address: '10.244.0.5', first: 0, port: 161, seed: 7 },
      { devices: 1, address: '10.244.0.6', first: 1, port: 161, seed: 7 },
    ])
  })

  it('are as many as asked for, all at once, and have names', () => {
    expect(set?.spec).toMatchObject({
      replicas: 3,
      serviceName: service?.metadata.name,
      podManagementPolicy: 'Parallel',
    })
    expect(service?.spec.selector).toEqual(set?.spec.template.metadata.labels)
  })
})

describe('a site', () => {
  it('is its namespace: a monitor elsewhere that sweeps the same addresses finds nothing', () => {
    expect(policy?.spec).toEqual({
      podSelector: set?.spec.selector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 161, protocol: 'UDP' }] }],
      egress: [],
    })
  })
})

describeHelm('the monitor of a site', () => {
  it('gets values that its chart takes, and finds the printers where they are', async () => {
    const values = monitorValues(MONITOR)
    const release = { name: 'monitor', namespace: NAMESPACE, chart: MONITOR_CHART, values }
    const rendered = await renderChart(release)
    const { spec } = rendered.find(({ kind }) => kind === 'StatefulSet')?.spec.template ?? {}
    expect(spec.containers[0].image).toBe('localhost/platen/platen-monitor:dev')
    expect(spec.containers[0].env).toContainEqual({
      name: 'PLATEN_NETWORKS',
      value: '10.244.0.0/24',
    })
    expect(spec.containers[0].env).toContainEqual({ name: 'PLATEN_SNMP_PORT', value: '161' })
  })
})

describeKubernetes('an API server, with the printers of a site', () => {
  let cluster: ClusterAccess
  beforeAll(async () => {
    cluster = await sharedControlPlane()
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    const metadata = { name: NAMESPACE, labels }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata }
    await cluster.kubectl(['apply', '-f', '-'], { input: [namespace] })
  })
  afterAll(async () => {
    await cluster?.rest.call('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
  })

  it('takes them strictly, lets them in as restricted pods, and numbers them', async () => {
    const input = printers({ namespace: NAMESPACE, count: 3, image: IMAGE })
    await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], { input })
    await expect
      .poll(indices, { timeout: 60_000 })
      .toEqual({ 'printers-0': '0', 'printers-1': '1', 'printers-2': '2' })
  })

  async function indices(): Promise<Record<string, string>> {
    const { items } = await cluster.rest.call('GET', `/api/v1/namespaces/${NAMESPACE}/pods`)
    return Object.fromEntries(
      items.map(({ metadata }: KubeObject) => [
        metadata.name,
        metadata.labels['apps.kubernetes.io/pod-index'],
      ]),
    )
  }
})
