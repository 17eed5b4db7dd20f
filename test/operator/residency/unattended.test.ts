import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../../kubernetes/index.ts'
import {
  IN_FR,
  LONG,
  namesOf,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from '../support/index.ts'

const PAUSED = 'platen.dev/paused'
const BACKUPS = ['CronJob backup', 'ConfigMap backup', 'NetworkPolicy database-backup'].sort()
const CNPG_BACKUPS = ['Cluster database', 'NetworkPolicy database-backup']
  .concat('ScheduledBackup database')
  .sort()

/** What sends, or lets it: of CloudNativePG's Clusters those that archive. */
function sends({ kind, metadata, spec }: KubeObject): boolean {
  if (kind === 'Cluster') return spec.backup !== undefined
  const isOfBackups = /backup/.test(metadata.name) && ['CronJob', 'ConfigMap'].includes(kind)
  if (isOfBackups || metadata.name === 'database-backup' || kind === 'ScheduledBackup') return true
  return kind === 'Job' && metadata.labels['app.kubernetes.io/name'] === 'backup'
}

describeHelm('backups of tenants that nobody looks after', () => {
  describeKubernetes('in regions whose bucket moves', () => {
    let platform: Platform
    const home = () => platform.backup.location

    beforeAll(async () => {
      platform = await startPlatform({ name: 'unattended', withFr: true })
      platform.de.nodes.decide(({ metadata }) =>
        metadata.name.startsWith('asked-') ? 'unready' : 'ready',
      )
      await platform.startOperator()
      const { backup } = platform
      const names = ['looked-after', 'paused', 'retained']
      const french = platform.fr.others ? ['paused-fr', 'retained-fr'] : []
      await platform.apply(
        regionNamed('de', { backup }),
        regionNamed('fr', { ...IN_FR, backup, database: { kind: 'cnpg' } }),
        ...names.map(name => tenantNamed(name)),
        ...french.map(name => tenantNamed(name, { country: 'FR' })),
      )
      await platform.untilReady(...names, ...french)
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    async function sending(name: string): Promise<string[]> {
      const cluster = name.endsWith('-fr') ? platform.fr : platform.de
      const found = namesOf((await platform.objectsOf(name, cluster)).filter(sends))
      return found.map(one => one.replace(/ asked-.*/, ' asked'))
    }
    const untilSending = (name: string, wanted: string[]) =>
      within(async () => expect(await sending(name), name).toEqual(wanted))

    async function remove(name: string): Promise<void> {
      await platform.kubectl('delete', `tenant/${name}`, '--wait=false')
      await platform.untilGone(`tenant/${name}`)
    }

    async function pause(name: string): Promise<void> {
      await platform.annotate(`tenant/${name}`, PAUSED, 'yes')
      await platform.untilCondition(name, 'Paused', 'True')
    }

    it(
      'go on while the bucket is where it must be',
      async () => {
        await platform.annotate('tenant/paused', 'platen.dev/backup', 'now')
        await untilSending('paused', [...BACKUPS, 'Job asked'].sort())
        await pause('paused')
        await remove('retained')
        await platform.touch('region/de')
        await platform.untilQuiet()
        expect(await sending('paused')).toEqual([...BACKUPS, 'Job asked'].sort())
        expect(await sending('retained')).toEqual(BACKUPS)
      },
      LONG,
    )

    it(
      "and those of CloudNativePG's",
      async context => {
        if (!platform.fr.others) context.skip("CloudNativePG's definitions are not in ../shared")
        await pause('paused-fr')
        await remove('retained-fr')
        for (const name of ['paused-fr', 'retained-fr']) await untilSending(name, CNPG_BACKUPS)
      },
      LONG,
    )

    it(
      'end once it is abroad, and what is not for backups stays',
      async () => {
        platform.store.answer.location = 'us-west-2'
        await platform.untilRegionCondition('de', 'BackupLocationVerified', 'False', /us-west-2/)
        for (const name of ['looked-after', 'paused', 'retained']) await untilSending(name, [])
        const left = namesOf(await platform.objectsOf('retained'))
        expect(left).toEqual(expect.arrayContaining(['StatefulSet database', 'Pod database-0']))
        const kept = namesOf(await platform.objectsOf('paused'))
        expect(kept).toEqual(expect.arrayContaining(['CronJob expire', 'Deployment api']))
      },
      LONG,
    )

    it(
      'end also where CloudNativePG makes them',
      async context => {
        if (!platform.fr.others) context.skip("CloudNativePG's definitions are not in ../shared")
        for (const name of ['paused-fr', 'retained-fr']) await untilSending(name, [])
        const left = namesOf(await platform.objectsOf('retained-fr', platform.fr))
        expect(left).toContain('Cluster database')
      },
      LONG,
    )

    it(
      'begin again with the reconcile of their tenant, and not before: as a pause says',
      async () => {
        platform.store.answer.location = home()
        await platform.untilRegionCondition('de', 'BackupLocationVerified', 'True')
        await untilSending('looked-after', BACKUPS)
        await platform.untilQuiet()
        for (const name of ['paused', 'retained']) expect(await sending(name), name).toEqual([])

        await platform.annotate('tenant/paused', PAUSED)
        await untilSending('paused', [...BACKUPS, 'Job asked'].sort())
        await platform.apply(tenantNamed('retained'))
        await untilSending('retained', BACKUPS)
      },
      LONG,
    )

    it(
      'end when the Region names another bucket: nobody asks any more where theirs is',
      async () => {
        await platform.untilReady('retained')
        await pause('paused')
        await remove('retained')
        expect(await sending('retained')).toEqual(BACKUPS)
        platform.store.answer.bucket = 'another'
        await platform.patch('region/de', { backup: { bucket: 'another' } })
        for (const name of ['paused', 'retained']) await untilSending(name, [])
        await untilSending('looked-after', BACKUPS)
      },
      LONG,
    )

    it(
      'end with their Region',
      async () => {
        for (const name of ['looked-after', 'paused']) {
          await platform.annotate(`tenant/${name}`, PAUSED)
          await platform.untilReady(name)
          await remove(name)
        }
        expect(await sending('looked-after')).toEqual(BACKUPS)
        await platform.kubectl('delete', 'region/de', '--wait=false')
        await platform.untilGone('region/de')
        expect(await sending('looked-after')).toEqual([])
        expect(namesOf(await platform.objectsOf('looked-after'))).toContain('StatefulSet database')
      },
      LONG,
    )
  })
})
