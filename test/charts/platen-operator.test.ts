import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { CHART, helm, type Release, renderChart } from './chart.ts'

interface Case extends Release {
  why: string
  values: Record<string, unknown>
  /** `Kind name` of what is rendered, sorted. */
  objects: string[]
}

const MANAGEMENT = [
  'ValidatingAdmissionPolicy platen-operator-tenants',
  'ValidatingAdmissionPolicyBinding platen-operator-tenants',
  'ClusterRole platen-operator-management',
  'ClusterRoleBinding platen-operator-management',
  'Role platen-operator',
  'RoleBinding platen-operator',
]
const REGION = ['ClusterRole platen-operator-region', 'ClusterRoleBinding platen-operator-region']
const BOUNDS = [
  'ValidatingAdmissionPolicy platen-operator-bounds',
  'ValidatingAdmissionPolicyBinding platen-operator-bounds',
]
const OPERATOR = [
  ...BOUNDS,
  'Deployment platen-operator',
  'NetworkPolicy platen-operator',
  'PodDisruptionBudget platen-operator',
  'Service platen-operator-metrics',
  'ServiceAccount platen-operator',
]

const ALL_OPTIONS = {
  replicas: 3,
  image: { repository: 'registry.test:5000/platen/operator', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  logLevel: 'debug',
  concurrency: 8,
  otlpEndpoint: 'http://collector.observability.svc:4318',
  resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { memory: '2Gi' } },
  serviceAccount: { annotations: { 'example.com/role': 'platen' } },
  metrics: {
    serviceMonitor: { enabled: true, interval: '10s', labels: { release: 'prometheus' } },
  },
  networkPolicy: { metricsFrom: [{ podSelector: { matchLabels: { app: 'prometheus' } } }] },
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { pool: 'platform' },
  tolerations: [{ key: 'platform', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
  podLabels: { team: 'platform' },
  podAnnotations: { 'example.com/note': 'x' },
}

const cases: Case[] = [
  {
    why: 'the defaults install everything that one cluster needs',
    values: {},
    objects: [...MANAGEMENT, ...REGION, ...OPERATOR],
  },
  {
    why: 'every option has a place',
    values: ALL_OPTIONS,
    objects: [...MANAGEMENT, ...REGION, ...OPERATOR, 'ServiceMonitor platen-operator'],
  },
  {
    why: 'a management cluster that holds no data gives no right on workloads',
    values: { holdsRegions: false },
    objects: [...MANAGEMENT, ...OPERATOR],
  },
  {
    why: 'a single replica has no budget, which would block every drain',
    values: { replicas: 1 },
    objects: [...MANAGEMENT, ...REGION, ...OPERATOR].filter(name => !/^PodDis/.test(name)),
  },
  {
    why: 'what a platform does itself can be switched off',
    values: { networkPolicy: { enabled: false }, podDisruptionBudget: { enabled: false } },
    objects: [...MANAGEMENT, ...REGION, ...OPERATOR].filter(name => !/^(PodDis|Netw)/.test(name)),
  },
  {
    why: "a Region's cluster gets an account, its token and its rights, and nothing that runs",
    values: { mode: 'regional' },
    objects: [
      ...REGION,
      ...BOUNDS,
      'Secret platen-operator-token',
      'ServiceAccount platen-operator',
    ],
  },
  {
    why: 'a cluster with another way to sign in gets no token',
    values: { mode: 'regional', token: false },
    objects: [...REGION, ...BOUNDS, 'ServiceAccount platen-operator'],
  },
  {
    why: 'two releases in one cluster do not meet',
    name: 'second',
    namespace: 'elsewhere',
    values: {},
    objects: [...MANAGEMENT, ...REGION, ...OPERATOR].map(name =>
      name.replace('platen-operator', 'second'),
    ),
  },
]

const nameOf = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.name}`
const ofKind = (objects: KubeObject[], kind: string) => objects.find(one => one.kind === kind)

describeHelm('charts/platen-operator', () => {
  it('passes helm lint, also strictly', async () => {
    expect(await helm('lint', '--strict', CHART)).toContain('0 chart(s) failed')
  })

  it.each(cases)('$why', async ({ objects, ...release }) => {
    const rendered = await renderChart(release)
    expect(rendered.map(nameOf).sort()).toEqual(objects.toSorted())
    const { namespace = 'platen-system' } = release
    for (const { kind, metadata } of rendered) {
      const isClusterWide = /^(ClusterRole|ValidatingAdmissionPolicy)/.test(kind)
      expect(metadata.namespace, kind).toBe(isClusterWide ? undefined : namespace)
    }
  })

  it('hands every option on', async () => {
    const rendered = await renderChart({ values: ALL_OPTIONS })
    const { spec } = ofKind(rendered, 'Deployment')
    expect(spec.replicas).toBe(3)
    expect(spec.template.metadata.labels).toMatchObject({ team: 'platform' })
    expect(spec.template.metadata.annotations).toEqual({ 'example.com/note': 'x' })
    expect(spec.template.spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      priorityClassName: 'system-cluster-critical',
      nodeSelector: { pool: 'platform' },
      tolerations: [{ key: 'platform', operator: 'Exists' }],
      affinity: { podAntiAffinity: {} },
    })
    expect(spec.template.spec.topologySpreadConstraints).toBeUndefined()
    expect(spec.template.spec.containers).toMatchObject([
      {
        image: 'registry.test:5000/platen/operator:1.2.3',
        imagePullPolicy: 'Always',
        resources: ALL_OPTIONS.resources,
      },
    ])
    expect(environmentOf(rendered)).toMatchObject({
      PLATEN_LOG_LEVEL: 'debug',
      PLATEN_CONCURRENCY: '8',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.observability.svc:4318',
    })
    expect(ofKind(rendered, 'ServiceAccount').metadata.annotations).toEqual({
      'example.com/role': 'platen',
    })
    expect(ofKind(rendered, 'ServiceMonitor')).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '10s' }] },
    })
    expect(ofKind(rendered, 'NetworkPolicy').spec.ingress[0].from).toEqual(
      ALL_OPTIONS.networkPolicy.metricsFrom,
    )
  })

  it('sets what the operator reads', async () => {
    const known = ['operator/settings.ts', 'services/telemetry/process.ts']
      .map(file => readFileSync(join(CHART, '../..', file), 'utf8'))
      .join('\n')
    const names = Object.keys(environmentOf(await renderChart({ values: ALL_OPTIONS })))
    const own = names.filter(name => name.startsWith('PLATEN_'))
    expect(own.length).toBeGreaterThan(4)
    expect(own.filter(name => !known.includes(`'${name}'`))).toEqual([])
  })

  it('names an image by digest when there is one', async () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const rendered = await renderChart({ values: { image: { repository: 'r/o', digest } } })
    expect(ofKind(rendered, 'Deployment').spec.template.spec.containers[0].image).toBe(
      `r/o@${digest}`,
    )
  })

  it.each<{ why: string; values: Record<string, unknown>; says: string }>([
    {
      why: 'a misspelt value would be ignored in silence.',
      values: { replica: 3 },
      says: "additional properties 'replica' not allowed",
    },
    {
      why: 'so would one further down.',
      values: { image: { repositry: 'x' } },
      says: "additional properties 'repositry' not allowed",
    },
    { why: 'there are two modes.', values: { mode: 'region' }, says: "at '/mode'" },
    {
      why: 'an operator without replicas does nothing.',
      values: { replicas: 0 },
      says: "at '/replicas'",
    },
    {
      why: 'nobody could say what latest is.',
      values: { image: { tag: 'latest' } },
      says: "at '/image/tag'",
    },
    {
      why: 'a digest is a digest.',
      values: { image: { digest: 'sha256:1' } },
      says: "at '/image/digest'",
    },
    {
      why: 'there is no such level.',
      values: { logLevel: 'verbose' },
      says: "at '/logLevel'",
    },
  ])('refuses values: $why', async ({ values, says }) => {
    await expect(renderChart({ values })).rejects.toThrow(says)
  })

  it('has the same definitions as crds/, also when it is packed', async () => {
    const root = join(CHART, '../../crds')
    const files = readdirSync(root).filter(name => name.endsWith('.yaml'))
    expect(files.length).toBeGreaterThan(1)
    using folder = temporaryDirectory()
    await helm('package', CHART, '--destination', folder.path)
    const [archive = ''] = readdirSync(folder.path)
    for (const name of files) {
      const packed = execFileSync(
        'tar',
        ['-xzOf', join(folder.path, archive), `platen-operator/crds/${name}`],
        { encoding: 'utf8' },
      )
      expect(packed, name).toBe(readFileSync(join(root, name), 'utf8'))
    }
    const shown = await helm('template', 'x', CHART, '--include-crds')
    expect(shown.match(/^kind: CustomResourceDefinition$/gm)).toHaveLength(files.length)
  })

  it('explains every default value in values.yaml to the schema, and the other way round', () => {
    const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))
    const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'))
    const { global: _, ...properties } = schema.properties
    expect(Object.keys(properties).sort()).toEqual(Object.keys(values).sort())
  })
})

function environmentOf(rendered: KubeObject[]): Record<string, string> {
  const [container] = ofKind(rendered, 'Deployment').spec.template.spec.containers
  return Object.fromEntries(
    container.env.map(({ name, value }: { name: string; value?: string }) => [name, value ?? '']),
  )
}

describe('the roles of charts/platen-operator', () => {
  const files = ['rbac-management.yaml', 'rbac-region.yaml']
  const lines = files.flatMap(file =>
    readFileSync(join(CHART, 'templates', file), 'utf8').split('\n'),
  )
  const rules = lines.flatMap((line, at) => (line.startsWith('  - apiGroups:') ? [at] : []))

  it('have no wildcard', () => {
    expect(rules.length).toBeGreaterThan(10)
    expect(lines.filter(line => !line.trim().startsWith('#') && line.includes('*'))).toEqual([])
  })

  it.each(rules)('say why before each rule (line %i)', at => {
    const comment = commentBefore(at)
    const [, verbs = ''] = /verbs: \[(.*)\]/.exec(lines.slice(at).join('\n')) ?? []
    const named = [...comment.matchAll(/([a-z, ]+):/g)].flatMap(([, list = '']) => list.split(','))
    expect(named.map(verb => verb.trim()).sort()).toEqual(verbs.split(', ').sort())
  })

  function commentBefore(at: number): string {
    const first = lines.slice(0, at).findLastIndex(line => !line.trim().startsWith('#')) + 1
    return lines
      .slice(first, at)
      .map(line => line.replace(/^ *#/, ''))
      .join('')
  }
})

describeKubernetes('the API server, with what charts/platen-operator renders', () => {
  const NAMESPACE = 'charts-test'
  let cluster: ClusterAccess
  beforeAll(async () => {
    cluster = await sharedControlPlane()
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: RESTRICTED },
    }
    await cluster.kubectl(['apply', '-f', '-'], { input: [namespace] })
  })
  afterAll(async () => {
    await cluster?.rest.call('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
  })

  it.each(cases)('takes it strictly, when $why', async release => {
    const rendered = await renderChart({ ...release, namespace: NAMESPACE })
    // The Prometheus operator's kinds are not here.
    const known = rendered.filter(({ kind }) => kind !== 'ServiceMonitor')
    await cluster.kubectl(
      ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
      { input: known },
    )
  })

  it('lets its pod into a namespace with Pod Security restricted', async () => {
    const deployment = ofKind(await renderChart({ namespace: NAMESPACE }), 'Deployment')
    const { template } = deployment.spec
    await cluster.rest.call('POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'platen-operator' } },
    })
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'operator' } }
    await cluster.rest.call(
      'POST',
      `/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All&fieldValidation=Strict`,
      { body: pod },
    )
  })
})

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' }
