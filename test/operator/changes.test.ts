import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  conditionIn,
  LONG,
  namesOf,
  objectIn,
  type Platform,
  regionNamed,
  restarted,
  startPlatform,
  templatesOf,
  tenantNamed,
  within,
} from './support/index.ts'

const SITES = [{ name: 'munich', displayName: 'Munich office' }]

describeHelm('a tenant', () => {
  describeKubernetes('that runs', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'changes' })
      await platform.startOperator()
      await platform.apply(
        regionNamed('de'),
        tenantNamed('acme', { sites: SITES }),
        tenantNamed('other'),
      )
      await platform.untilReady('acme', 'other')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    /** Of acme, e.g. `deployments/api`. */
    const own = (path: string) => objectIn(platform.de, 'tenant-acme', path)

    async function restartedBy(change: () => Promise<void>): Promise<string[]> {
      await platform.untilReady('acme')
      await platform.untilQuiet(1_000)
      const before = await templatesOf(platform.de, 'acme')
      await change()
      await platform.untilReady('acme')
      await platform.untilQuiet(1_000)
      return restarted(before, await templatesOf(platform.de, 'acme'))
    }

    it.each([
      { part: 'ingest', type: 'IngestReady' },
      { part: 'api', type: 'ApiReady' },
      { part: 'database', type: 'DatabaseReady' },
    ])(
      'whose $part fails and recovers says both, and nobody else does',
      async ({ part, type }) => {
        const fails = ({ metadata }: KubeObject) =>
          metadata.namespace === 'tenant-acme' && metadata.name.startsWith(part)
        platform.de.nodes.decide(pod => (fails(pod) ? 'failed' : 'ready'))
        await platform.untilCondition('acme', type, 'False', /^Starting 0 of 1 are ready/)
        await platform.untilCondition('acme', 'Ready', 'False', new RegExp(`${type}: 0 of 1`))
        expect(conditionIn(await platform.see('tenant/other'), 'Ready')).toMatch(/^True/)
        platform.de.nodes.decide(() => 'ready')
        await platform.untilCondition('acme', type, 'True')
        await platform.untilReady('acme')
      },
      LONG,
    )

    it(
      'is scaled to nothing while it is suspended, has no way in, keeps its data, and wakes',
      async () => {
        await platform.patch('tenant/acme', { suspend: true })
        await platform.untilCondition('acme', 'Ready', 'False', /suspended/)
        await within(async () => {
          const names = namesOf(await platform.objectsOf('acme'))
          expect(names.filter(name => /^Pod (ingest|api|database)/.test(name))).toEqual([])
          expect(names).toContain('PersistentVolumeClaim data-database-0')
          expect(await routes()).not.toContain('acme')
        })
        await platform.patch('tenant/acme', { suspend: false })
        await platform.untilReady('acme')
        expect(await routes()).toContain('acme.de.platen.example tenant-acme')
      },
      LONG,
    )

    it(
      'is left alone while it is paused, says so, and is put right afterwards',
      async () => {
        await platform.annotate('tenant/acme', 'platen.dev/paused', 'yes')
        const says = /until the annotation platen.dev\/paused is removed/
        await platform.untilCondition('acme', 'Paused', 'True', says)
        await platform.untilQuiet()
        const before = (await platform.auditedWrites()).length
        await platform.kubectl('delete', 'configmap/xmpp', '-n', 'tenant-acme')
        await platform.untilQuiet()
        expect((await platform.auditedWrites()).slice(before)).toEqual([])
        expect(await own('configmaps/xmpp')).toBeUndefined()
        await platform.annotate('tenant/acme', 'platen.dev/paused')
        await within(async () => expect(await own('configmaps/xmpp')).toBeDefined())
        await within(async () => {
          expect(conditionIn(await platform.see('tenant/acme'), 'Paused')).toBe('none')
        })
      },
      LONG,
    )

    it(
      'that grows gets more pods and a larger volume; one that shrinks loses pods and budgets only',
      async () => {
        await platform.patch('tenant/acme', { size: 'medium' })
        await within(async () => {
          expect((await own('deployments/api'))?.spec.replicas).toBe(2)
          expect(await own('poddisruptionbudgets/api')).toBeDefined()
          expect(await requested()).toBe('100Gi')
        })
        await platform.untilReady('acme')
        await platform.patch('tenant/acme', { size: 'small' })
        await within(async () => {
          expect((await own('deployments/api'))?.spec.replicas).toBe(1)
          expect(await own('poddisruptionbudgets/api')).toBeUndefined()
        })
        await platform.untilReady('acme')
        expect(await requested(), 'a volume never shrinks').toBe('100Gi')
      },
      LONG,
    )

    it(
      'that gets a site prepares its database for it, and restarts nothing',
      async () => {
        const before = await prepared()
        const sites = [...SITES, { name: 'hamburg', displayName: 'Hamburg port' }]
        const change = () => platform.patch('tenant/acme', { sites })
        expect(await restartedBy(change)).toEqual([])
        expect((await own('configmaps/tenant'))?.data['sites.json']).toContain('Hamburg port')
        const after = await prepared()
        expect(after, 'the Job before is gone').toHaveLength(1)
        expect(after).not.toEqual(before)
      },
      LONG,
    )

    it.each([
      { secret: 'component', restarts: ['ingest'], why: 'Prosody and ingest talk by it' },
      { secret: 'licence-key', restarts: ['api'], why: 'the API signs licences with it' },
      { secret: 'database-api', restarts: ['api'], why: 'the API signs in with it' },
      { secret: 'api-platform', restarts: [], why: 'prepare makes it good' },
      { secret: 'database-xmpp', restarts: ['ingest'], why: 'Prosody signs in with it' },
    ])(
      'whose $secret is made anew on demand restarts $restarts and no more: $why',
      async ({ secret, restarts }) => {
        const before = (await own(`secrets/${secret}`))?.data
        const rotate = () => platform.annotate('tenant/acme', 'platen.dev/rotate', secret)
        expect(await restartedBy(rotate)).toEqual(restarts)
        expect((await own(`secrets/${secret}`))?.data).not.toEqual(before)
        expect((await platform.see('tenant/acme'))?.status.handledRotation).toBe(secret)
      },
      LONG,
    )

    it(
      'whose certificate is due for renewal gets another one, which those serve that have to',
      async () => {
        const before = await certificate()
        const anew = await restartedBy(async () => {
          const due = `platen.dev/change-at=${new Date(Date.now() - 1_000).toISOString()}`
          await platform.kubectl('annotate', 'secret/tls', '-n', 'tenant-acme', '--overwrite', due)
          await within(async () => {
            expect((await certificate()).serialNumber).not.toBe(before.serialNumber)
          })
        })
        expect(anew).toEqual(['api', 'ingest'])
        const after = await certificate()
        expect(after.subjectAltName).toBe('DNS:acme.de.platen.example')
        expect(Date.parse(after.validTo)).toBeGreaterThanOrEqual(Date.parse(before.validTo))
      },
      LONG,
    )

    it(
      'loses what an earlier operator has rendered and this one does not, and nothing of others',
      async () => {
        const { labels } = (await own('configmaps/xmpp'))?.metadata ?? {}
        const named = (name: string, labels: object) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace: 'tenant-acme', labels },
        })
        await platform.apply(named('of-an-earlier-release', labels), named('of-others', {}))
        await platform.touch('tenant/acme')
        await within(async () => {
          expect(await own('configmaps/of-an-earlier-release')).toBeUndefined()
        })
        expect(await own('configmaps/of-others')).toBeDefined()
      },
      LONG,
    )

    const requested = async () =>
      (await own('persistentvolumeclaims/data-database-0'))?.spec.resources.requests.storage

    async function prepared(): Promise<string[]> {
      const names = namesOf(await platform.objectsOf('acme'))
      return names.filter(name => name.startsWith('Job prepare-'))
    }

    async function certificate(): Promise<X509Certificate> {
      const secret = await own('secrets/tls')
      return new X509Certificate(Buffer.from(secret?.data['tls.crt'], 'base64'))
    }

    async function routes(): Promise<string> {
      return (await objectIn(platform.de, 'platen-region-de', 'configmaps/edge-routes'))?.data
        .routes
    }
  })
})
