import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes, type KubeObject } from '../test/kubernetes/index.ts'
import type { Operator } from './operator.ts'
import { systemClock } from './queue/clock.ts'
import {
  conditionOf,
  eventually,
  regionObject,
  type Stage,
  setStage,
  tenantObject,
} from './testing/stage.ts'

const TENANTS = ['ada', 'bea', 'cleo']

vi.setConfig({ testTimeout: 180_000 }) // Each waits for several stacks.

describeKubernetes('a new version', () => {
  let stage: Stage
  let operator: Operator
  let aheadMs = 0
  beforeAll(async () => {
    stage = await setStage('rollout')
    operator = await stage.start({ clock: { ...systemClock, now: () => Date.now() + aheadMs } })
    await stage.apply(regionAt('1.0.0'), ...TENANTS.map(name => tenantObject(name)))
    for (const name of TENANTS) await versionOf(name, '1.0.0')
  }, 180_000)
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  const regionAt = (version: string) =>
    regionObject('de', {
      images: { registry: 'registry.example.com/platen', version },
      rollout: { maxConcurrent: 1 },
    })

  const versionOf = (name: string, version: string) =>
    eventually(
      async () => (await stage.get('tenant', name))?.status?.version,
      seen => seen === version,
    )

  /** Names of the tenants whose API was moved to the version. */
  async function movedTo(version: string): Promise<string[]> {
    const moved: string[] = []
    for (const name of TENANTS) {
      const deployment = await stage.get('deployment', 'api', `tenant-${name}`)
      const image: string = deployment?.spec.template.spec.containers[0].image ?? ''
      if (image.endsWith(`:${version}`)) moved.push(name)
    }
    return moved
  }

  /** Of all tenants at one moment: asked for one after the other, the next may have begun meanwhile. */
  async function reasonsOfProgress(): Promise<string[]> {
    const { items } = JSON.parse(await stage.plane.kubectl(['get', 'tenants', '-o', 'json']))
    return items.map((tenant: KubeObject) => conditionOf(tenant, 'Progressing'))
  }

  /** A Job tries again by itself. */
  async function giveUpJob(version: string): Promise<void> {
    const jobs = await eventually(
      async () => {
        const { items } = JSON.parse(await stage.plane.kubectl(['get', 'jobs', '-A', '-o', 'json']))
        return (items as KubeObject[]).filter(job =>
          JSON.stringify(job.spec).includes(`:${version}`),
        )
      },
      found => found.length > 0,
    )
    const patch = JSON.stringify({ spec: { activeDeadlineSeconds: 1 } })
    for (const { metadata } of jobs) {
      await stage.plane.kubectl([
        'patch',
        'job',
        metadata.name,
        '-n',
        metadata.namespace,
        '--type=merge',
        '-p',
        patch,
      ])
    }
  }

  it('reaches one tenant after the other, and all in the end', async () => {
    await stage.apply(regionAt('1.1.0'))
    const seen: number[] = []
    await eventually(
      async () => {
        const reasons = await reasonsOfProgress()
        seen.push(reasons.filter(reason => reason.startsWith('True RollingOut')).length)
        return await movedTo('1.1.0')
      },
      moved => moved.length === TENANTS.length,
    )
    expect(Math.max(...seen)).toBeLessThanOrEqual(1)
    for (const name of TENANTS) await versionOf(name, '1.1.0')
  })

  it('stops at the first tenant that it breaks, says so, and goes back when the old version is set again', async () => {
    const isBroken = (pod: KubeObject) =>
      JSON.stringify(pod.spec.containers).includes(':2.0.0') &&
      pod.metadata.name.startsWith('prepare')
    stage.nodes.decide(pod => (isBroken(pod) ? 'failed' : 'ready'))
    await stage.apply(regionAt('2.0.0'))
    await giveUpJob('2.0.0')
    const paused = await eventually(
      () => stage.condition('region', 'de', 'RolloutPaused'),
      seen => seen.startsWith('True'),
    )
    expect(paused).toContain('nobody else is changed')
    const reasons = await reasonsOfProgress()
    expect(reasons.filter(reason => reason.startsWith('False RolloutFailed'))).toHaveLength(1)
    // Migrations have failed, so not even its own pods were touched.
    expect(await movedTo('2.0.0')).toEqual([])

    await stage.apply(regionAt('1.1.0'))
    await eventually(reasonsOfProgress, all => all.every(one => one.startsWith('False RolledOut')))
    await eventually(
      () => stage.condition('region', 'de', 'RolloutPaused'),
      seen => seen.startsWith('False'),
    )
  })

  it('does not reach a tenant that is pinned, and a changed pin waits for nobody', async () => {
    stage.nodes.decide(() => 'ready')
    await stage.apply(tenantObject('ada', { version: '1.1.0' }))
    await versionOf('ada', '1.1.0')
    await stage.apply(regionAt('1.2.0'))
    await versionOf('bea', '1.2.0')
    await versionOf('cleo', '1.2.0')
    expect(await movedTo('1.2.0')).toEqual(['bea', 'cleo'])
    await stage.apply(tenantObject('ada', { version: '1.3.0' }))
    await versionOf('ada', '1.3.0')
  })

  it('fails when nothing gets any further for a quarter of an hour, also where no controller says so, and heals', async () => {
    const isDatabase = ({ metadata }: KubeObject) => metadata.name.startsWith('database')
    stage.nodes.decide(pod => (isDatabase(pod) ? 'unready' : 'ready'))
    await stage.apply(regionAt('1.4.0'))
    const states = async () => (await reasonsOfProgress()).map(one => one.split(' ')[1]).sort()
    await eventually(states, seen => seen.includes('RollingOut') && seen.includes('WaitingForTurn'))
    const [moving = ''] = await whoIs('RollingOut')
    aheadMs += 14 * 60_000
    await touch('tenant', moving)
    expect(await whoIs('RollingOut')).toEqual([moving])
    aheadMs += 2 * 60_000
    await touch('tenant', moving)
    const failed = await eventually(
      () => stage.condition('tenant', moving, 'Progressing'),
      seen => seen.startsWith('False RolloutFailed'),
    )
    expect(failed).toContain(
      'version 1.4.0 does not get ready: nothing has changed for 15 minutes; DatabaseReady: 0 of 1 are ready',
    )
    await touch('region', 'de')
    await eventually(
      () => stage.condition('region', 'de', 'RolloutPaused'),
      seen => seen.startsWith(`True RolloutPaused the rollout failed for ${moving}:`),
    )
    stage.nodes.decide(() => 'ready')
    await versionOf('bea', '1.4.0')
    await versionOf('cleo', '1.4.0')
  })

  /** Tenants by their reason for Progressing. */
  async function whoIs(reason: string): Promise<string[]> {
    const all = await reasonsOfProgress()
    return TENANTS.filter((_, index) => all[index]?.split(' ')[1] === reason)
  }

  /** Makes the operator look at it, and waits until it has: the timers of its queue know nothing of the leap. */
  async function touch(kind: string, name: string): Promise<void> {
    await stage.plane.kubectl(['annotate', kind, name, '--overwrite', `touched=${aheadMs}`])
    await sleep(1_000)
  }
})
