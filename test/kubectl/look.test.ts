import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyLedger } from '@platen/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeKubernetes } from '../kubernetes/index.ts'
import { regionNamed, secretNamed, tenantNamed } from '../operator/support/index.ts'
import { ledgerMap, makeLedger, residencyOf } from './support/ledger.ts'
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
const ledger = makeLedger(5)

describeKubernetes('kubectl platen looks', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage('plugin-look')
    await furnish(stage)
    const { apply, setStatus, see } = stage
    await apply(
      workloadNamed('Deployment', 'ingest'),
      workloadNamed('StatefulSet', 'database'),
      podNamed('tenant-acme', 'ingest-1', {
        metadata: { labels: { 'app.kubernetes.io/name': 'ingest', 'platen.dev/tenant': 'acme' } },
      }),
      podNamed('tenant-acme', 'database-0', {
        metadata: { labels: { 'app.kubernetes.io/name': 'database', 'platen.dev/tenant': 'acme' } },
        spec: { nodeName: 'node-1' },
      }),
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/region': 'us-east-1' } },
      },
      ledgerMap(ledger.lines),
    )
    await setStatus('/apis/apps/v1/namespaces/tenant-acme/statefulsets/database', {
      replicas: 1,
      readyReplicas: 1,
    })
    await setStatus('/api/v1/namespaces/tenant-acme/pods/ingest-1', {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'main',
          image: 'x',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } },
        },
      ],
    })
    await setStatus(`${REGION}/de`, { ledgerKeys: ledger.keys })
    await setStatus(`${TENANT}/acme`, { residency: residencyOf(ledger) })
    const { metadata } = await see(`${TENANT}/acme`)
    await apply({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'acme.1', namespace: 'default' },
      eventTime: '2026-11-29T06:00:00.000000Z',
      reportingController: 'platen-operator',
      reportingInstance: 'platen-operator-1',
      action: 'Apply',
      reason: 'RolloutFailed',
      type: 'Warning',
      note: 'the ingest did not get ready',
      regarding: {
        apiVersion: 'platen.dev/v1alpha1',
        kind: 'Tenant',
        name: 'acme',
        uid: metadata.uid,
      },
    })
  }, LONG)
  afterAll(() => stage?.[Symbol.asyncDispose]())

  const run = (args: string[], kubeconfig?: string) =>
    stage.plugin.run(args, kubeconfig === undefined ? {} : { kubeconfig })

  it('with a Node that is not newer than people have', () => {
    expect(stage.plugin.nodeVersion).toMatch(/^v\d\d\./)
  })

  describe('at the status of a tenant', () => {
    it('in every part, and tells why one is not ready and what it could not ask', async () => {
      const { status, out, err } = await run(['status', 'acme'])
      expect(err).toBe('')
      expect(out).toMatch(/^tenant +acme$/m)
      expect(out).toMatch(/^ready +True$/m)
      expect(out).toMatch(/^version +1\.0\.0$/m)
      expect(out).toMatch(/^residency +True {2}entry 5, \d+ d ago$/m)
      expect(out).toMatch(
        /^Deployment ingest +0\/1 +pod ingest-1: container main waits \(ImagePullBackOff: no such image\)$/m,
      )
      expect(out).toMatch(/^StatefulSet database +1\/1/m)
      expect(out).toMatch(/Warning +Tenant acme +RolloutFailed +the ingest did not get ready$/m)
      expect(out).toMatch(/^last report: not readable: secrets "api-platform" not found$/m)
      expect(out).not.toContain('\x1b')
      expect(out).not.toMatch(/Sacher|Munich/)
      expect(status).toBe(0)
    })

    it('as JSON for scripts, with a status that tells that it is not ready', async () => {
      await stage.setStatus(`${TENANT}/acme`, {
        conditions: [condition('Ready', 'False', 'NotReady', 'IngestReady: 0 of 1 are ready')],
      })
      const { status, out } = await run(['status', 'acme', '-o', 'json'])
      expect(JSON.parse(out)).toMatchObject({
        tenant: 'acme',
        ready: 'False',
        message: 'IngestReady: 0 of 1 are ready',
        wantedVersion: '1.0.0',
        parts: [
          { name: 'Deployment ingest', ready: 0, wanted: 1 },
          { name: 'StatefulSet database', ready: 1, wanted: 1 },
        ],
      })
      expect(status).toBe(1)
    })

    it('of all of them in a table', async () => {
      await stage.apply(tenantNamed('beta'))
      const { status, out } = await run(['status'])
      expect(out).toMatch(/^TENANT +READY +COUNTRY +REGION +VERSION +RESIDENCY +STATE$/m)
      expect(out).toMatch(/^acme +False +DE +de +1\.0\.0 +True +IngestReady: 0 of 1 are ready$/m)
      expect(out).toMatch(/^beta +Unknown +DE +- +- +Unknown +the operator has said nothing/m)
      expect(status).toBe(1)
    })

    it('that there is not', async () => {
      const { status, err } = await run(['status', 'nobody'])
      expect(err).toBe(
        'cannot find the tenant nobody: there is none of that name; kubectl get tenants lists them\n',
      )
      expect(status).toBe(2)
    })

    it('with what rights there are, and names what they do not let it read', async () => {
      await stage.apply(
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'tenants-only' },
          rules: [{ apiGroups: ['platen.dev'], resources: ['tenants', 'regions'], verbs: ['get'] }],
        },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'tenants-only' },
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'ClusterRole',
            name: 'tenants-only',
          },
          subjects: [{ kind: 'User', name: 'anna', apiGroup: 'rbac.authorization.k8s.io' }],
        },
      )
      const anna = await stage.plane.userKubeconfig({ user: 'anna' })
      const { status, out } = await run(['status', 'acme'], anna)
      expect(out).toMatch(/^ready +False/m)
      expect(out).toMatch(/^pods: not readable: pods is forbidden: User "anna"/m)
      expect(out).toMatch(
        /^events of the tenant: not readable: events\.events\.k8s\.io is forbidden/m,
      )
      expect(status).toBe(1)
      expect((await run(['status'], anna)).err).toMatch(
        /^cannot list tenants\.platen\.dev in the management cluster: .* forbidden.*; ask for that right/,
      )
    })
  })

  describe('at the residency of a tenant', () => {
    it('by the operator and by itself', async () => {
      await stage.setStatus(`${TENANT}/acme`, {
        conditions: [
          condition('ResidencyVerified', 'False', 'Violated', 'pod database-0 is in us-east-1'),
        ],
      })
      const { status, out } = await run(['residency', 'acme'])
      expect(out).toMatch(/^verified +False {2}Violated: pod database-0 is in us-east-1$/m)
      expect(out).toMatch(
        /^promised +eu-central-1 \(topology\.kubernetes\.io\/region\), region de$/m,
      )
      expect(out).toMatch(
        new RegExp(`^head +entry 5 of 2026-11-05T00:00:00Z: ${ledger.head.hash}$`, 'm'),
      )
      expect(out).toMatch(/^ {2}pods +eu-central-1 5$/m)
      expect(out).toMatch(/^Pod database-0 +us-east-1 +node node-1$/m)
      expect(status).toBe(1)
      const json = JSON.parse((await run(['residency', 'acme', '-o', 'json'])).out)
      expect(json).toMatchObject({ verified: 'False', head: { sequence: 5 } })
    })

    it('that nobody can tell', async () => {
      expect((await run(['residency', 'beta'])).status).toBe(3)
    })
  })

  describe('at the ledger of a tenant', () => {
    it('in the cluster, where the API cannot be asked, and verifies it', async () => {
      const { status, out, err } = await run(['ledger', 'acme', '--verify'])
      expect(err).toMatch(
        /^the newest 5 entries, from entry 1 on, from the ConfigMap residency-ledger/,
      )
      expect(out).toMatch(/^5 signed entries, 1 to 5,/m)
      expect(out).toMatch(/^nothing speaks against this ledger$/m)
      expect(status).toBe(0)
    })

    it('and writes it to a file that others verify', async () => {
      const { status } = await run(['ledger', 'acme', '--output', 'acme.jsonl'])
      expect(status).toBe(0)
      const text = readFileSync(join(stage.plugin.temporary, 'acme.jsonl'), 'utf8')
      expect(text.split('\n').slice(1, -1)).toEqual(ledger.lines)
      expect((await run(['ledger', 'acme'])).out).toBe(text)
      expect(verifyLedger(ledger.lines, new Map()).findings).not.toEqual([])
    })

    it('and says that it proves nothing, where the Region publishes no keys', async () => {
      await stage.setStatus(`${REGION}/de`, { ledgerKeys: null })
      const { status, err } = await run(['ledger', 'acme', '--verify'])
      expect(err).toMatch(
        /^cannot verify the ledger of acme: neither the Region nor the file has a key$/m,
      )
      expect(status).toBe(2)
      await stage.setStatus(`${REGION}/de`, { ledgerKeys: ledger.keys })
    })

    it.each([
      {
        why: 'an entry was changed',
        lines: ledger.lines.map(line =>
          line.replace('"pods":{"eu-central-1":5}', '"pods":{"eu-central-1":6}'),
        ),
        says: /was changed, or the key \w+ did not sign it/,
      },
      {
        why: 'the end was cut off',
        lines: ledger.lines.slice(0, 4),
        says: /the end was cut off, or it is another ledger/,
      },
      {
        why: 'it is signed by somebody else',
        lines: makeLedger(5).lines,
        says: /not among the given keys/,
      },
    ])('and says that $why', async ({ lines, says }) => {
      await stage.apply(ledgerMap(lines))
      const { status, out } = await run(['ledger', 'acme', '--verify'])
      expect(out).toMatch(says)
      expect(status).toBe(1)
      await stage.apply(ledgerMap(ledger.lines))
    })
  })

  describe('into the cluster of a region', () => {
    beforeAll(async () => {
      await stage.apply(
        regionNamed('fr', {
          countries: ['FR'],
          cluster: { kubeconfigSecretRef: { name: 'cluster-fr' } },
        }),
        tenantNamed('lumiere', { country: 'FR' }),
        secretNamed('platen-system', 'cluster-fr', {
          kubeconfig: readFileSync(stage.plane.kubeconfig, 'utf8'),
        }),
      )
      await stage.setStatus(`${TENANT}/lumiere`, { region: 'fr', country: 'FR' })
      const { metadata } = await stage.see('/api/v1/namespaces/kube-system')
      await stage.setStatus(`${REGION}/fr`, { clusterId: metadata.uid })
    }, LONG)

    const left = () =>
      readdirSync(stage.plugin.temporary).filter(name => name.startsWith('kubectl-platen-'))

    it("by the operator's kubeconfig, of which nothing stays behind", async () => {
      const { out } = await run(['status', 'lumiere'])
      expect(out).toMatch(/^cluster +the cluster of region fr$/m)
      expect(out).not.toMatch(/^pods: not readable/m)
      expect(left()).toEqual([])
    })

    it('and nothing stays behind when it is stopped in the middle', async () => {
      const interruptAt = /reading tenant lumiere/
      const { status, err } = await stage.plugin.run(['report', 'lumiere'], { interruptAt })
      expect(err).toMatch(/stopped$/m)
      expect(status).toBe(130)
      expect(left()).toEqual([])
    })

    it('by a context of its own, without that Secret', async () => {
      const context = (await stage.plane.kubectl(['config', 'current-context'])).trim()
      const { out } = await run([
        'status',
        'lumiere',
        '--namespace',
        'elsewhere',
        '--region-context',
        `fr=${context}`,
      ])
      expect(out).toMatch(/^cluster +the cluster of region fr$/m)
    })

    it('not where the Secret cannot be read, and says what to do', async () => {
      const { out } = await run(['status', 'lumiere', '--namespace', 'elsewhere'])
      expect(out).toMatch(
        /^cluster: not readable: cannot reach the cluster of region fr by the Secret elsewhere\/cluster-fr: .*--region-context fr=CONTEXT/m,
      )
    })

    it('not where it is another cluster', async () => {
      await stage.setStatus(`${REGION}/fr`, { clusterId: 'another' })
      const { out } = await run(['residency', 'lumiere'])
      expect(out).toMatch(/cannot use its Secret for region fr: it leads to another cluster/)
    })
  })

  it('at nothing where there is no cluster', async () => {
    const { status, err } = await run(['status', '--context', 'none'])
    expect(err).toMatch(/^cannot list tenants\.platen\.dev in the management cluster: .*none/)
    expect(status).toBe(2)
  })
})
