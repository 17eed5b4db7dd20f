import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  conditionIn,
  DE,
  giveUpJob,
  LONG,
  namesOf,
  objectIn,
  type Platform,
  REGION_LABEL,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const TENANTS = ['ada', 'bea', 'cleo']

describeHelm('a new version', () => {
  describeKubernetes('of a Region with three tenants and one slot', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'rollout' })
      await platform.startOperator()
      await platform.apply(regionAt('1.0.0'), ...TENANTS.map(name => tenantNamed(name)))
      await platform.untilReady(...TENANTS)
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    const regionAt = (version: string) =>
      regionNamed('de', {
        images: { registry: 'registry.example.com/platen', version },
        rollout: { maxConcurrent: 1, onFailure: 'Pause' },
      })

    /** By tenant, what of its workloads has which version. */
    async function versions(): Promise<Record<string, string>> {
      const all = TENANTS.map(async name => [name, await versionsOf(name)])
      return Object.fromEntries(await Promise.all(all))
    }

    async function versionsOf(name: string): Promise<string> {
      const found = await Promise.all(
        ['deployments/ingest', 'deployments/api'].map(path =>
          objectIn(platform.de, `tenant-${name}`, path),
        ),
      )
      const images: string[] = found.flatMap(object =>
        object?.spec.template.spec.containers.map(({ image }: KubeObject) => image),
      )
      return [...new Set(images.map(image => image.split(':').at(-1)))].sort().join(' and ')
    }

    async function progress(): Promise<string[]> {
      const tenants = await Promise.all(TENANTS.map(name => platform.see(`tenant/${name}`)))
      return tenants.map(tenant => conditionIn(tenant, 'Progressing'))
    }

    async function replicas(): Promise<number[]> {
      const all = TENANTS.map(name => objectIn(platform.de, `tenant-${name}`, 'deployments/ingest'))
      return (await Promise.all(all)).map(object => object?.spec.replicas)
    }

    const statesOf = (all: string[]) => all.map(one => one.split(' ').slice(0, 2).join(' ')).sort()

    const isPreparing = (version: string, { metadata, spec }: KubeObject) =>
      metadata.name.startsWith('prepare-') && spec.containers[0].image.endsWith(`:${version}`)

    const giveUpPreparing = (version: string) =>
      giveUpJob(platform.de, ({ metadata, spec }) =>
        isPreparing(version, { metadata, spec: spec.template.spec }),
      )

    it(
      'migrates a database before anything of it serves, one tenant at a time',
      async () => {
        platform.de.nodes.decide(pod => (isPreparing('1.1.0', pod) ? 'unready' : 'ready'))
        await platform.apply(regionAt('1.1.0'))
        await within(async () => {
          expect(statesOf(await progress())).toEqual([
            'False WaitingForTurn',
            'False WaitingForTurn',
            'True RollingOut',
          ])
        })
        expect((await progress()).join()).toContain(
          'waiting for its turn: 1 of at most 1 tenants are being changed',
        )
        const [first = ''] = await moving()
        await platform.untilCondition(first, 'Prepared', 'False', /^Running Job .* runs/)
        await platform.untilQuiet()
        expect(await versions(), 'the old version serves until the migration is over').toEqual(
          Object.fromEntries(TENANTS.map(name => [name, '1.0.0'])),
        )
        platform.de.nodes.decide(() => 'ready')
        await within(async () =>
          expect(new Set(Object.values(await versions()))).toEqual(at('1.1.0')),
        )
        await platform.untilReady(...TENANTS)
      },
      LONG,
    )

    /** They change with every change of what serves. */
    async function generations(): Promise<number[]> {
      const paths = ['deployments/ingest', 'deployments/api']
      const all = TENANTS.flatMap(name =>
        paths.map(path => objectIn(platform.de, `tenant-${name}`, path)),
      )
      return (await Promise.all(all)).map(object => object?.metadata.generation)
    }

    const at = (version: string) => new Set([version])

    async function moving(): Promise<string[]> {
      const all = await progress()
      return TENANTS.filter((_, index) => all[index]?.startsWith('True RollingOut'))
    }

    it(
      'that breaks one tenant reaches nobody else, says so, and is taken back',
      async () => {
        const before = await generations()
        platform.de.nodes.decide(pod => (isPreparing('2.0.0', pod) ? 'failed' : 'ready'))
        await platform.apply(regionAt('2.0.0'))
        await giveUpPreparing('2.0.0')
        const says =
          /^RolloutPaused the rollout failed for \w+: nobody else is changed; repair them, or set the old images.version again$/
        await platform.untilRegionCondition('de', 'RolloutPaused', 'True', says)
        await platform.untilQuiet()
        expect(statesOf(await progress())).toEqual([
          'False RolloutFailed',
          'False RolloutPaused',
          'False RolloutPaused',
        ])
        await platform.apply(regionAt('1.1.0'))
        await platform.untilRegionCondition('de', 'RolloutPaused', 'False')
        await platform.untilReady(...TENANTS)
        expect(await generations(), 'what serves never saw it').toEqual(before)
        for (const name of TENANTS) {
          expect((await platform.see(`tenant/${name}`))?.status.version).toBe('1.1.0')
        }
      },
      LONG,
    )

    it(
      'does not reach a pinned tenant; a pin that fails holds nobody up',
      async () => {
        await platform.patch('tenant/ada', { version: '1.1.0' })
        platform.de.nodes.decide(pod => (isPreparing('0.9.0', pod) ? 'failed' : 'ready'))
        await platform.patch('tenant/bea', { version: '0.9.0' })
        await giveUpPreparing('0.9.0')
        await platform.untilCondition('bea', 'Progressing', 'False', /^ChangeFailed version 0.9.0/)
        await platform.apply(regionAt('1.2.0'))
        await within(async () => {
          expect(await versions()).toEqual({ ada: '1.1.0', bea: '1.1.0', cleo: '1.2.0' })
        })
        await platform.untilReady('ada', 'cleo')
        await platform.untilRegionCondition('de', 'RolloutPaused', 'False')
        await platform.patch('tenant/bea', { version: null })
        await platform.untilReady('bea')
        expect((await versions()).bea).toBe('1.2.0')
      },
      LONG,
    )

    it(
      'of its template goes by turns, too, to a pinned tenant and to one whose own edit is not all carried out',
      async () => {
        await platform.apply(regionAt('1.2.0'))
        await platform.untilReady(...TENANTS)
        const isApi = ({ metadata }: KubeObject) => metadata.name.startsWith('api')
        platform.de.nodes.decide(pod =>
          isApi(pod) && pod.metadata.namespace === 'tenant-bea' ? 'unready' : 'ready',
        )
        await platform.kubectl('delete', 'pods', '--all', '-n', 'tenant-bea', '--wait=false')
        await platform.untilCondition('bea', 'ApiReady', 'False')
        await platform.patch('tenant/bea', { sites: [{ name: 'bonn', displayName: 'Bonn' }] })
        await platform.untilQuiet()
        const { metadata, status } = (await platform.see('tenant/bea')) ?? {}
        expect(status.observedGeneration, 'not all of it is done').toBeLessThan(metadata.generation)

        platform.de.nodes.decide(pod => (isApi(pod) ? 'unready' : 'ready'))
        const tolerations = [{ key: 'platen.dev/test', operator: 'Exists' }]
        const { spec } = regionAt('1.2.0')
        const placement = { ...spec.placement, tolerations }
        await platform.apply(regionNamed('de', { ...spec, placement }))
        const oneByOne = ['False WaitingForTurn', 'False WaitingForTurn', 'True RollingOut']
        await within(async () => expect(statesOf(await progress())).toEqual(oneByOne))
        await platform.untilQuiet()
        expect(statesOf(await progress())).toEqual(oneByOne)

        const nodes = ['node', '--all', '--overwrite']
        await platform.kubectl('label', ...nodes, `${REGION_LABEL}=elsewhere`)
        await within(async () => expect(await replicas()).toEqual([0, 0, 0]))
        await platform.kubectl('label', ...nodes, `${REGION_LABEL}=${DE.place}`)
        await within(async () => {
          expect(await replicas(), 'what was closed opens, also while it waits').toEqual([1, 1, 1])
        })
        expect(statesOf(await progress())).toEqual(oneByOne)

        platform.de.nodes.decide(() => 'ready')
        await platform.untilReady(...TENANTS)
        await platform.apply(regionAt('1.2.0'))
        await within(async () => {
          const settled = TENANTS.map(() => 'False RolledOut')
          expect(statesOf(await progress())).toEqual(settled)
        })
      },
      LONG,
    )

    it(
      'does not run in a suspended tenant, which is prepared for it before anything of it serves',
      async () => {
        await platform.patch('tenant/bea', { suspend: true })
        await platform.untilCondition('bea', 'Progressing', 'False', /^Suspended nothing runs/)
        await platform.apply(regionAt('1.3.0'))
        await platform.untilReady('cleo')
        await platform.untilCondition('bea', 'Progressing', 'False', /^Suspended .* version 1.3.0/)
        const servedIn = async () =>
          namesOf(await platform.objectsOf('bea')).filter(name => /^Pod (ingest|api)/.test(name))
        const versionIn = async () => (await platform.see('tenant/bea'))?.status.version
        expect(await versionIn(), 'what ran last').toBe('1.2.0')

        platform.de.nodes.decide(pod => (isPreparing('1.3.0', pod) ? 'unready' : 'ready'))
        await platform.patch('tenant/bea', { suspend: false })
        await platform.untilCondition('bea', 'Prepared', 'False', /^Running Job .* runs/)
        await platform.untilQuiet()
        expect(await servedIn()).toEqual([])
        expect(await versionIn()).toBe('1.2.0')
        platform.de.nodes.decide(() => 'ready')
        await platform.untilReady('bea')
        expect(await versionIn()).toBe('1.3.0')
      },
      LONG,
    )
  })
})
