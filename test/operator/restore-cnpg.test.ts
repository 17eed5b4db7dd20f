import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes } from '../kubernetes/index.ts'
import {
  IN_FR,
  LONG,
  namesOf,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const TENANT = 'tenant/lumiere'
const NAMESPACE = 'tenant-lumiere'

describeHelm('spec.restore', () => {
  describeKubernetes("of a tenant whose database is CloudNativePG's", () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'restore-cnpg', withFr: true })
      await platform.startOperator()
      if (!platform.fr.others) return
      const database = { kind: 'cnpg' }
      await platform.apply(
        regionNamed('fr', { ...IN_FR, database, backup: platform.backup }),
        tenantNamed('lumiere', { country: 'FR' }),
      )
      await platform.untilReady('lumiere')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    const cluster = (name: string) =>
      platform.fr.plane.rest.call(
        'GET',
        `/apis/postgresql.cnpg.io/v1/namespaces/${NAMESPACE}/clusters/${name}`,
      )
    const sleeps = async (name: string) =>
      (await cluster(name)).metadata.annotations?.['cnpg.io/hibernation'] === 'on'

    /** Asks for a restore, with Clusters that are made of a backup ending so; answers with the name of that Cluster. */
    async function ask(to: string, fate: 'ready' | 'failed'): Promise<string> {
      platform.fr.others?.decide(({ spec }) => (spec.bootstrap?.recovery ? fate : 'ready'))
      await platform.patch(TENANT, { restore: { to } })
      const state = { ready: 'Restored', failed: 'Refused' }[fate]
      return await within(async () => {
        const status = (await platform.see(TENANT))?.status?.restore
        expect(status).toMatchObject({ state })
        return `database-${status.id}`
      })
    }

    it(
      'tells of its backups, those of the schedule and those that were asked for',
      async context => {
        if (!platform.fr.others) context.skip("CloudNativePG's definitions are not in ../shared")
        const backup = async () => (await platform.see(TENANT))?.status?.backup
        const at = (await cluster('database')).status.lastSuccessfulBackup
        await within(async () => expect(await backup()).toEqual({ at }))
        await platform.annotate(TENANT, 'platen.dev/backup', 'now')
        await within(async () => expect(await backup()).toEqual({ at, handled: 'now' }))
      },
      LONG,
    )

    it(
      'makes another Cluster, which takes the place of the first; that one sleeps, with its data',
      async context => {
        if (!platform.fr.others) context.skip("CloudNativePG's definitions are not in ../shared")
        const name = await ask('2026-01-01T00:00:00Z', 'ready')
        await platform.untilReady('lumiere')
        expect(await sleeps('database')).toBe(true)
        expect(await sleeps(name)).toBe(false)
        const archives = await Promise.all(['database', name].map(cluster))
        const folders = archives.map(({ spec }) => spec.backup.barmanObjectStore.serverName)
        expect(new Set(folders).size).toBe(2)
        expect(archives[1].spec.backup.barmanObjectStore.endpointCA.key).toBe('ca.crt')
        const names = namesOf(await platform.objectsOf('lumiere', platform.fr))
        expect(names.filter(one => one.startsWith('ScheduledBackup '))).toEqual([
          `ScheduledBackup ${name}`,
        ])
      },
      LONG,
    )

    it(
      'that cannot be done leaves the database as it was, and it serves again',
      async context => {
        if (!platform.fr.others) context.skip("CloudNativePG's definitions are not in ../shared")
        const before = (await platform.see(TENANT))?.status?.restore.id
        const failed = await ask('2026-01-01T00:00:01Z', 'failed')
        await platform.untilCondition('lumiere', 'DatabaseReady', 'False', /^RestoreRefused/)
        await platform.untilCondition('lumiere', 'IngestReady', 'True', /^Ready/)
        await within(async () => expect(await sleeps(failed)).toBe(true))
        expect(await sleeps(`database-${before}`)).toBe(false)
      },
      LONG,
    )
  })
})
