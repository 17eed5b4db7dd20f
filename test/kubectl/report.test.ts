import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../kubernetes/index.ts'
import { regionNamed, secretNamed, tenantNamed } from '../operator/support/index.ts'
import { type Kubelet, startKubelet } from './support/kubelet.ts'
import {
  condition,
  furnish,
  podNamed,
  REGION,
  type Stage,
  startStage,
  TENANT,
  workloadNamed,
} from './support/stage.ts'

const LONG = 120_000

/** What must not get into a report, each of them put wherever it can stand. */
const PLANTED = [
  'Hotel Sacher',
  'Munich office',
  'Leipzig works',
  'anna.huber@example.com',
  '10.20.30.40',
  '2001:db8::4711',
  '00:1b:a9:0c:22:f1',
  'VNB3K12345',
  'hunter2-password',
  `platen_${'aB3-'.repeat(10)}`,
  'SECRET-IN-ENVIRONMENT',
  'SECRET-IN-ARGUMENT',
  'SECRET-IN-LABEL',
  'SECRET-IN-ANNOTATION',
  'SECRET-IN-SECRET',
  'SECRET-IN-CONFIGMAP',
  'SECRET-IN-ROW',
]

const SENTENCE = `device VNB3K12345 (00:1b:a9:0c:22:f1) at 10.20.30.40 or 2001:db8::4711 of Hotel Sacher, Munich office; mail anna.huber@example.com; password=hunter2-password token platen_${'aB3-'.repeat(10)}`

const LOG = `2026-11-29T06:00:00.000000000Z {"level":"info","msg":"${SENTENCE}"}
2026-11-29T06:00:01.000000000Z {"level":"error","msg":"cannot reach the database","serial":"VNB3K12345"}
`
const DATABASE_LOG = `2026-11-29T06:00:00.000000000Z ERROR:  duplicate key value violates unique constraint "device_pkey"
2026-11-29T06:00:00.000000000Z DETAIL:  Key (name)=(SECRET-IN-ROW) already exists.
2026-11-29T06:00:00.000000000Z STATEMENT:  insert into device
2026-11-29T06:00:00.000000000Z \tvalues ('SECRET-IN-ROW')
2026-11-29T06:00:01.000000000Z LOG:  checkpoint complete
`

describeKubernetes('kubectl platen report', () => {
  let stage: Stage
  let kubelet: Kubelet | undefined
  beforeAll(async () => {
    stage = await startStage('plugin-report')
    await furnish(stage)
    kubelet = await startKubelet(stage, {
      'tenant-acme/ingest-1/main': LOG,
      'tenant-acme/database-0/main': DATABASE_LOG,
      'platen-region-de/edge-1/main': LOG,
      'platen-system/platen-operator-1/main': LOG,
    })
    await plant(stage, kubelet.node)
  }, LONG)
  afterAll(async () => {
    await kubelet?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  /** By path, without the folder that all are in. */
  async function reported(...args: string[]): Promise<Record<string, string>> {
    const file = 'report.tar.gz'
    const { status, out, err } = await stage.plugin.run(['report', '-o', file, ...args])
    expect([status, out], err).toEqual([0, `${file}\n`])
    return unpack(join(stage.plugin.temporary, file))
  }

  it('holds what support needs, and nothing of what was planted', async () => {
    const files = await reported()
    const names = Object.keys(files).sort()
    expect(names).toEqual(
      expect.arrayContaining([
        'README.txt',
        'operator/deployments.json',
        'operator/logs/platen-operator-1.main.log',
        'operator/pods.json',
        'operator/versions.json',
        'regions/de/logs/edge-1.main.log',
        'regions/de/nodes.json',
        'regions/de/region.json',
        'tenants/acme/configmaps.json',
        'tenants/acme/deployments.json',
        'tenants/acme/events.json',
        'tenants/acme/logs/database-0.main.log',
        'tenants/acme/logs/ingest-1.main.log',
        'tenants/acme/networkpolicies.json',
        'tenants/acme/pods.json',
        'tenants/acme/tenant.json',
        'tenants/beta/tenant.json',
      ]),
    )
    for (const [name, content] of Object.entries(files)) {
      for (const planted of PLANTED) expect(content, `${planted} in ${name}`).not.toContain(planted)
    }
    expect(files['README.txt']?.split('\n').filter(line => line.startsWith('- '))).toEqual([
      '- tenants/beta: its stack: its Region is not known or not readable',
    ])
    const log = files['tenants/acme/logs/ingest-1.main.log'] ?? ''
    expect(log).toContain(
      'device [serial] ([mac]) at [address] or [address] of [name], [name]; mail [address]',
    )
    expect(log).toContain('"msg":"cannot reach the database"')
    const database = files['tenants/acme/logs/database-0.main.log'] ?? ''
    expect(database).toContain('violates unique constraint "device_pkey"')
    expect(database).toContain('LOG:  checkpoint complete')
    expect(JSON.parse(files['tenants/acme/configmaps.json'] ?? '')).toContainEqual({
      name: 'planted',
      keys: 1,
    })
    expect(JSON.parse(files['tenants/acme/tenant.json'] ?? '')).toMatchObject({
      name: 'acme',
      spec: { country: 'DE', sites: 2 },
      status: { version: '1.0.0', region: 'de' },
    })
  })

  it('is about the tenants that it is asked for, and their regions', async () => {
    const names = Object.keys(await reported('beta'))
    expect(names).toContain('tenants/beta/tenant.json')
    expect(names.filter(name => /acme|regions/.test(name))).toEqual([])
  })

  it('says what could not be read', async () => {
    const file = 'part.tar.gz'
    await stage.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'tenants-only' },
      rules: [
        { apiGroups: ['platen.dev'], resources: ['tenants', 'regions'], verbs: ['get', 'list'] },
      ],
    })
    await stage.plane.kubectl([
      'create',
      'clusterrolebinding',
      'anna',
      '--clusterrole=tenants-only',
      '--user=anna',
    ])
    const kubeconfig = await stage.plane.userKubeconfig({ user: 'anna' })
    const { status } = await stage.plugin.run(['report', 'acme', '-o', file], { kubeconfig })
    expect(status).toBe(0)
    const files = unpack(join(stage.plugin.temporary, file))
    expect(files['README.txt']).toMatch(/^- tenants\/acme: pods: pods is forbidden/m)
    expect(files['tenants/acme/tenant.json']).toBeDefined()
  })

  it('is not written where it cannot be', async () => {
    const { status, err } = await stage.plugin.run(['report', '-o', 'no/such/folder'])
    expect(err).toMatch(/cannot write no\/such\/folder: .*; name another one with --output/)
    expect(status).toBe(2)
  })
})

async function plant({ apply, setStatus, plane }: Stage, node: string): Promise<void> {
  const everywhere = {
    labels: { planted: 'SECRET-IN-LABEL' },
    annotations: { planted: `SECRET-IN-ANNOTATION ${SENTENCE}` },
  }
  const spec = {
    nodeName: node,
    containers: [
      {
        name: 'main',
        image: 'registry.example.com/platen/x:1',
        args: ['SECRET-IN-ARGUMENT'],
        env: [{ name: 'X', value: 'SECRET-IN-ENVIRONMENT' }],
      },
    ],
  }
  const operatorLabels = { ...everywhere.labels, 'app.kubernetes.io/name': 'platen-operator' }
  const pods = [
    podNamed('tenant-acme', 'ingest-1', { metadata: everywhere, spec }),
    podNamed('tenant-acme', 'database-0', { metadata: everywhere, spec }),
    podNamed('platen-region-de', 'edge-1', { metadata: everywhere, spec }),
    podNamed('platen-system', 'platen-operator-1', {
      metadata: { ...everywhere, labels: operatorLabels },
      spec,
    }),
  ]
  await apply(
    workloadNamed('Deployment', 'ingest'),
    secretNamed('tenant-acme', 'planted', { password: 'SECRET-IN-SECRET' }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'tenant-acme', name: 'planted' },
      data: { sites: `SECRET-IN-CONFIGMAP ${SENTENCE}` },
    },
    tenantNamed('beta'),
    ...pods,
    event('tenant-acme', { kind: 'Pod', name: 'ingest-1' }),
  )
  for (const { metadata } of pods) {
    await setStatus(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
      phase: 'Running',
      message: SENTENCE,
      podIP: '10.20.30.40',
      hostIP: '10.20.30.40',
      containerStatuses: [
        {
          name: 'main',
          image: 'x',
          imageID: '',
          ready: true,
          restartCount: 0,
          state: { running: {} },
        },
      ],
    })
  }
  const said = [condition('Ready', 'False', 'NotReady', SENTENCE)]
  await setStatus(`${TENANT}/acme`, { conditions: said })
  await setStatus(`${REGION}/de`, { conditions: said })
  await plane.kubectl(['annotate', 'tenant', 'acme', `planted=${SENTENCE}`])
  await apply(
    regionNamed('de', {
      edge: { serviceType: 'ClusterIP', replicas: 1, annotations: { x: SENTENCE } },
    }),
  )
}

function event(namespace: string, regarding: { kind: string; name: string }) {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace, name: 'planted.1' },
    eventTime: '2026-11-29T06:00:00.000000Z',
    reportingController: 'kubelet',
    reportingInstance: 'node-1',
    action: 'Fail',
    reason: 'Failed',
    type: 'Warning',
    note: SENTENCE,
    regarding: { apiVersion: 'v1', namespace, ...regarding },
  }
}

/** By the system's own tar, which has to understand it. */
function unpack(archive: string): Record<string, string> {
  const input = gunzipSync(readFileSync(archive))
  const tar = (...args: string[]) =>
    spawnSync('tar', args, { input, maxBuffer: 64 * 1024 * 1024 }).stdout.toString()
  const names = tar('-tf', '-').trim().split('\n')
  return Object.fromEntries(
    names.map(name => [name.replace(/^[^/]*\//, ''), tar('-xOf', '-', name)]),
  )
}
