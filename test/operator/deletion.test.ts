import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  giveUpJob,
  LONG,
  namesOf,
  objectIn,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const DELETE = { deletionPolicy: 'Delete' }

describeHelm('a Tenant that is deleted', () => {
  describeKubernetes('from a running platform', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'deletion' })
      await platform.startOperator()
      await platform.apply(
        regionNamed('de', { backup: platform.backup }),
        regionNamed('unsaved', { countries: ['CH'] }),
        tenantNamed('kept'),
        tenantNamed('saved', DELETE),
        tenantNamed('unlucky', DELETE),
        tenantNamed('foreign', DELETE),
        tenantNamed('swiss', { ...DELETE, country: 'CH' }),
      )
      await platform.untilReady('kept', 'saved', 'unlucky', 'foreign', 'swiss')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    const remove = (name: string) => platform.kubectl('delete', `tenant/${name}`, '--wait=false')
    const namespaceOf = async (name: string): Promise<KubeObject | undefined> =>
      (await platform.objectsOf(name))[0]
    const secretsOf = async (name: string) => {
      const objects = await platform.objectsOf(name)
      const secrets = objects.filter(({ kind }) => kind === 'Secret')
      return Object.fromEntries(secrets.map(({ metadata, data }) => [metadata.name, data]))
    }
    const routes = async (): Promise<string> =>
      (await objectIn(platform.de, 'platen-region-de', 'configmaps/edge-routes'))?.data.routes

    it(
      'leaves database, volume and Secrets with Retain, and a note of how to adopt them',
      async () => {
        const secrets = await secretsOf('kept')
        expect(await routes()).toContain('kept.de.platen.example')
        await remove('kept')
        await platform.untilGone('tenant/kept')
        const names = namesOf(await platform.objectsOf('kept'))
        expect(names).toEqual(
          expect.arrayContaining([
            'PersistentVolumeClaim data-database-0',
            'Pod database-0',
            'StatefulSet database',
          ]),
        )
        expect(names.filter(name => /^Deployment|^Pod (ingest|api)/.test(name))).toEqual([])
        expect(await secretsOf('kept')).toEqual(secrets)
        expect(await routes()).not.toContain('kept.de.platen.example')
        expect((await namespaceOf('kept'))?.metadata.annotations['platen.dev/retained']).toBe(
          'Tenant kept was deleted with deletionPolicy Retain; create it again with country DE in Region de to adopt this data, or delete this namespace',
        )
      },
      LONG,
    )

    it(
      'with Retain refuses to be made again in another country, and is adopted in its own',
      async () => {
        const before = await namespaceOf('kept')
        const secrets = await secretsOf('kept')
        await platform.apply(tenantNamed('kept', { country: 'AT' }))
        const says =
          /^CountryChanged cannot move Tenant kept from DE to AT: its data is in namespace tenant-kept/
        await platform.untilCondition('kept', 'Accepted', 'False', says)
        await remove('kept')
        await platform.untilGone('tenant/kept')
        expect(await secretsOf('kept')).toEqual(secrets)

        await platform.apply(tenantNamed('kept'))
        await platform.untilReady('kept')
        const after = await namespaceOf('kept')
        expect(after?.metadata.uid).toBe(before?.metadata.uid)
        expect(after?.metadata.annotations['platen.dev/retained']).toBeUndefined()
        const { uid } = (await platform.see('tenant/kept'))?.metadata ?? {}
        expect(after?.metadata.annotations['platen.dev/tenant-uid']).toBe(uid)
        expect(await secretsOf('kept'), 'the same passwords').toEqual(secrets)
      },
      LONG,
    )

    it(
      'is backed up once more with Delete, and then all of it goes',
      async () => {
        platform.de.nodes.decide(pod => (isFinal(pod) ? 'unready' : 'ready'))
        await remove('saved')
        const says = /^FinalBackup waiting for Job tenant-saved\/final-/
        await platform.untilCondition('saved', 'Deleting', 'True', says)
        const names = namesOf(await platform.objectsOf('saved'))
        expect(names).toContain('Pod database-0')
        expect(names.filter(name => /^Deployment|^Pod (ingest|api)/.test(name))).toEqual([])
        platform.de.nodes.decide(() => 'ready')
        await platform.untilGone('tenant/saved')
        expect(await platform.objectsOf('saved')).toEqual([])
        await within(async () => expect(await volumesOf('saved')).toEqual([]))
      },
      LONG,
    )

    it(
      'is not deleted with Delete while its final backup fails, and goes on when it is tried again',
      async () => {
        platform.de.nodes.decide(pod => (isFinal(pod) ? 'failed' : 'ready'))
        await remove('unlucky')
        await giveUpJob(
          platform.de,
          job => isFinal(job) && job.metadata.namespace === 'tenant-unlucky',
        )
        const says =
          /^FinalBackupFailed Job tenant-unlucky\/final-\S+ failed: see its log, then delete it to try again, or set spec.deletionPolicy to Retain$/
        await platform.untilCondition('unlucky', 'Deleting', 'True', says)
        await platform.untilQuiet()
        const names = namesOf(await platform.objectsOf('unlucky'))
        expect(names).toContain('PersistentVolumeClaim data-database-0')
        const [job = ''] = names.filter(name => name.startsWith('Job final-'))
        platform.de.nodes.decide(() => 'ready')
        await platform.kubectl('delete', job.replace(' ', '/'), '-n', 'tenant-unlucky')
        await platform.untilGone('tenant/unlucky')
        expect(await platform.objectsOf('unlucky')).toEqual([])
      },
      LONG,
    )

    it(
      'is not deleted with Delete where nothing can be backed up, and can be retained instead',
      async () => {
        await remove('swiss')
        const says =
          /^DeletionRefused cannot delete the data: Region unsaved has no backup, .*; set spec.deletionPolicy to Retain/
        await platform.untilCondition('swiss', 'Deleting', 'True', says)
        expect(namesOf(await platform.objectsOf('swiss')), 'it still serves').toContain(
          'Deployment ingest',
        )
        await platform.patch('tenant/swiss', { deletionPolicy: 'Retain' })
        await platform.untilGone('tenant/swiss')
        expect(namesOf(await platform.objectsOf('swiss'))).toContain('StatefulSet database')
      },
      LONG,
    )

    it(
      'takes nothing along that was made for another Tenant',
      async () => {
        await platform.stopOperator()
        const foreign = 'platen.dev/tenant-uid=00000000-0000-0000-0000-000000000000'
        await platform.kubectl('delete', 'tenant/foreign', '--wait=false')
        // Without it nobody else could do that.
        const rule = 'validatingadmissionpolicybinding/platen-residency-namespaces.de'
        await platform.kubectl('delete', rule)
        await within(() =>
          platform.kubectl('annotate', 'namespace/tenant-foreign', foreign, '--overwrite'),
        )
        const before = namesOf(await platform.objectsOf('foreign'))
        await platform.startOperator()
        await platform.untilGone('tenant/foreign')
        await platform.untilQuiet()
        expect(namesOf(await platform.objectsOf('foreign'))).toEqual(before)
        expect((await namespaceOf('foreign'))?.metadata.deletionTimestamp).toBeUndefined()
      },
      LONG,
    )

    it(
      'takes no namespace along that was there before it',
      async () => {
        await platform.kubectl('create', 'namespace', 'tenant-squatter')
        await platform.apply(tenantNamed('squatter', DELETE))
        await platform.untilCondition('squatter', 'Accepted', 'False', /^NamespaceNotOurs/)
        await remove('squatter')
        await platform.untilGone('tenant/squatter')
        await platform.untilQuiet()
        const namespace = await namespaceOf('squatter')
        expect(namespace?.metadata.deletionTimestamp).toBeUndefined()
        expect(Object.keys(namespace?.metadata.labels)).toEqual(['kubernetes.io/metadata.name'])
      },
      LONG,
    )

    it(
      'is backed up once more also if it was only just adopted and nothing of it runs yet',
      async () => {
        await platform.apply(tenantNamed('heir'))
        await platform.untilReady('heir')
        await remove('heir')
        await platform.untilGone('tenant/heir')
        platform.de.nodes.decide(pod =>
          pod.metadata.name.startsWith('prepare-') ? 'unready' : 'ready',
        )
        await platform.kubectl('delete', 'jobs', '--all', '-n', 'tenant-heir')
        await platform.apply(tenantNamed('heir', DELETE))
        await platform.untilCondition('heir', 'Prepared', 'False', /^Running/)
        expect((await platform.see('tenant/heir'))?.status.version).toBeUndefined()

        platform.de.nodes.decide(pod => (isFinal(pod) ? 'unready' : 'ready'))
        await remove('heir')
        await platform.untilCondition('heir', 'Deleting', 'True', /^FinalBackup waiting for Job/)
        expect(namesOf(await platform.objectsOf('heir'))).toContain('Pod database-0')
        // The pods of a Job that is there cannot be changed any more.
        await platform.patch('region/de', { backup: { retentionDays: 99 } })
        platform.de.nodes.decide(() => 'ready')
        await platform.untilGone('tenant/heir')
        expect(await platform.objectsOf('heir')).toEqual([])
      },
      LONG,
    )

    it(
      'needs no backup while no volume was ever made: nothing was written yet',
      async () => {
        platform.de.nodes.decide(pod => (isOf('empty', pod) ? 'pending' : 'ready'))
        await platform.apply(tenantNamed('empty', { ...DELETE, country: 'CH' }))
        await platform.untilCondition('empty', 'DatabaseReady', 'False', /^Starting 0 of 1/)
        const names = namesOf(await platform.objectsOf('empty'))
        expect(names).toContain('PersistentVolumeClaim data-database-0')
        await remove('empty')
        await platform.untilGone('tenant/empty')
        expect(await platform.objectsOf('empty')).toEqual([])
        platform.de.nodes.decide(() => 'ready')
      },
      LONG,
    )

    it(
      'leaves its Region nothing but the keys that its data needs, once that goes too',
      async () => {
        const { rest } = platform.de.plane
        const kinds = [
          'deployments',
          'services',
          'configmaps',
          'secrets',
          'networkpolicies',
          'pods',
        ]
        const namespace = 'platen-region-unsaved'
        const names = async () =>
          (await platform.kubectl('get', kinds.join(), '-n', namespace, '-o', 'name'))
            .trim()
            .split('\n')
        expect(await names()).toContain('deployment.apps/edge')
        await platform.kubectl('delete', 'region/unsaved', '--wait=false')
        await platform.untilGone('region/unsaved')
        await within(async () =>
          expect((await names()).sort()).toEqual([
            'configmap/kube-root-ca.crt',
            'secret/certificate-authority',
            'secret/residency-ledger-key',
          ]),
        )
        expect((await rest.call('GET', '/api/v1/namespaces/tenant-swiss')).status.phase).toBe(
          'Active',
        )
      },
      LONG,
    )

    const isOf = (name: string, { metadata }: KubeObject) => metadata.namespace === `tenant-${name}`
    const isFinal = ({ metadata }: KubeObject) => metadata.name.startsWith('final-')

    async function volumesOf(name: string): Promise<string[]> {
      const { items } = await platform.de.plane.rest.call('GET', '/api/v1/persistentvolumes')
      const own = items.filter(
        ({ spec }: KubeObject) => spec.claimRef.namespace === `tenant-${name}`,
      )
      return own.map(({ metadata }: KubeObject) => metadata.name)
    }
  })
})
