import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { until } from '../../faults/until.ts'
import { describeHelm, describeKubernetes } from '../../kubernetes/index.ts'
import { type Platform, regionNamed, startPlatform, tenantNamed } from '../support/index.ts'
import { type ApiRelay, type Fate, startApiRelay } from './api-relay.ts'
import { operatorKubeconfig } from './crew.ts'
import { EDITS, repairOf, tell } from './edits.ts'
import { length } from './length.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const SERVICE = '/api/v1/namespaces/tenant-acme/services/api'

describeHelm('an API server that fails', () => {
  describeKubernetes('under a running operator', () => {
    let platform: Platform
    let relay: ApiRelay
    let pid: number
    beforeAll(async () => {
      platform = await startPlatform({ name: 'server' })
      relay = await startApiRelay(platform.de.plane, await operatorKubeconfig(platform.de))
      const operator = await platform.startOperator({
        env: { PLATEN_KUBECONFIG: relay.kubeconfig },
      })
      pid = operator.pid
      await platform.apply(regionNamed('de'), tenantNamed('acme'))
      await platform.untilReady('acme')
      await platform.untilQuiet()
    })
    afterAll(async () => {
      await platform?.stopOperator()
      await relay?.[Symbol.asyncDispose]()
      await platform?.[Symbol.asyncDispose]()
    })

    const rest = () => platform.de.plane.rest
    const repair = async () => {
      for (const edit of EDITS.filter(({ kind }) => kind === 'Service'))
        await repairOf(rest(), edit, 'acme')
    }
    const leads = () => platform.operator().log.filter(({ msg }) => msg === 'leads').length

    it('is restarted: nothing is written again that is right', async () => {
      const before = await platform.auditedWrites()
      const asked = relay.passed.length
      await platform.de.plane.restartApiServer()
      const isWatched = () => relay.passed.slice(asked).some(({ isWatch }) => isWatch)
      await until('the operator watches again', () => isWatched() || undefined)
      await platform.untilQuiet(5_000)
      expect(writesSince(await platform.auditedWrites(), before)).toEqual([])
      await repair()
    })

    it('is gone for longer than the lease: the same process leads again, and writes nothing that is right', async () => {
      const before = await platform.auditedWrites()
      const led = leads()
      await platform.de.plane.stopApiServer('kill')
      const asked = relay.passed.length
      await sleep(length().goneMs)
      const perSecond = (relay.passed.length - asked) / (length().goneMs / 1_000)
      await platform.de.plane.startApiServer()
      const backAt = performance.now()
      await until('it leads again', () => leads() > led || undefined)
      tell(`it led again ${((performance.now() - backAt) / 1_000).toFixed(1)} s later`)
      await platform.untilQuiet(5_000)
      expect(writesSince(await platform.auditedWrites(), before)).toEqual([])
      tell(`while the API server was gone, it was asked ${perSecond.toFixed(1)} times a second`)
      expect(perSecond).toBeLessThan(30)
      await repair()
      expect(platform.operator().pid).toBe(pid)
      expect(await platform.operator().page('/livez')).toContain('ok')
    })

    it('has forgotten what happened while the operator could not watch: it lists anew and repairs', async () => {
      relay.decide(() => 'drop')
      relay.cut()
      await rest().call('DELETE', SERVICE)
      await compact(platform.de.plane.pids().apiServer)
      await platform.de.plane.restartApiServer()
      const asked = relay.passed.length
      relay.decide(() => 'pass')
      await until('the Service is there again', () =>
        rest()
          .call('GET', SERVICE)
          .catch(() => undefined),
      )
      // After a 410, or after some failures in a row, whichever comes first.
      const paths = relay.passed.slice(asked).map(({ path }) => path)
      expect(paths.filter(path => /\/services\?limit=/.test(path))).not.toEqual([])
    })

    it.each([
      [
        '429',
        { status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfterSeconds: 1 },
      ],
      ['500', { status: 500, reason: 'InternalError', message: 'simulated' }],
      [
        'that etcd is full',
        {
          status: 500,
          reason: 'InternalError',
          message: 'etcdserver: mvcc: database space exceeded',
        },
      ],
    ] satisfies [string, Fate][])(
      'answers writes with %s: they are tried again ever more slowly, and go on by themselves afterwards',
      async (_, refusal) => {
        relay.decide(({ isWrite }) => (isWrite ? refusal : 'pass'))
        const before = relay.passed.length
        await rest().call('DELETE', SERVICE)
        const isTried = () =>
          relay.passed.slice(before).filter(({ isWrite }) => isWrite).length > 5 || undefined
        await until('it is tried several times', isTried)
        const asked = relay.passed.length
        await sleep(5_000) // what is counted is what does not happen
        const perSecond = (relay.passed.length - asked) / 5
        tell(`while writes were refused, the API server was asked ${perSecond} times a second`)
        expect(perSecond).toBeLessThan(10)
        relay.decide(() => 'pass')
        await until('the Service is there again', () =>
          rest()
            .call('GET', SERVICE)
            .catch(() => undefined),
        )
        await platform.untilReady('acme')
      },
    )

    it('lets somebody else write all the time: the operator gets its way and leaves what is theirs', async () => {
      const path = '/apis/platen.dev/v1alpha1/tenants/acme'
      let isOver = false
      const others = (async () => {
        for (let round = 0; !isOver; round++) {
          const annotations = round < 40 ? { 'example.com/round': `${round}` } : {}
          const conditions: object[] = []
          await rest().call('PATCH', path, { patch: 'merge', body: { metadata: { annotations } } })
          await rest().call('PATCH', `${path}/status`, {
            patch: 'merge',
            body: { status: { conditions } },
          })
          await sleep(50)
        }
      })()
      const finalizers = ['platen.dev/stack', 'example.com/other']
      await rest().call('PATCH', path, { patch: 'merge', body: { metadata: { finalizers } } })
      for (let round = 0; round < 5; round++) await repair()
      isOver = true
      await others
      await platform.untilReady('acme')
      const { metadata } = await platform.see('tenant/acme')
      expect(metadata.finalizers.sort()).toEqual(finalizers.sort())
      expect(metadata.annotations['example.com/round']).toBeDefined()
      await rest().call('PATCH', path, {
        patch: 'merge',
        body: { metadata: { finalizers: ['platen.dev/stack'] } },
      })
    })
  })
})

/** Events and a status tell what happened, e.g. that the cluster did not answer; they change nothing. */
function writesSince<Write extends { resource: string; subresource?: string }>(
  all: readonly Write[],
  before: readonly Write[],
): Write[] {
  return all
    .slice(before.length)
    .filter(({ resource, subresource }) => resource !== 'events' && subresource !== 'status')
}

/** Makes etcd forget all revisions but the newest, as it does by itself every five minutes. */
async function compact(apiServer: number | undefined): Promise<void> {
  const flags = readFileSync(`/proc/${apiServer}/cmdline`, 'utf8')
  const [, etcd] = /--etcd-servers=(\S+?)\0/.exec(flags) ?? []
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${etcd}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { header: { revision: string } }
  }
  const { header } = await call('range', { key: 'AA==' })
  await call('compaction', { revision: header.revision })
}
