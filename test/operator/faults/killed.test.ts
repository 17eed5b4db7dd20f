import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRandom } from '../../faults/random.ts'
import { describeHelm, describeKubernetes, type KubeObject } from '../../kubernetes/index.ts'
import { type Platform, regionNamed, startPlatform, tenantNamed } from '../support/index.ts'
import { type ApiRelay, startApiRelay } from './api-relay.ts'
import { operatorKubeconfig } from './crew.ts'
import { tell } from './edits.ts'
import { killAtRandom } from './killer.ts'
import { length } from './length.ts'
import { stateOf } from './state.ts'

const { seed, kills: KILLS } = length()
/** Tenants of a run: what becomes of the last one is deleted. */
const PARTS = ['one', 'two', 'six']

describeHelm('an operator that is killed', () => {
  describeKubernetes('at random moments', () => {
    let platform: Platform
    let relay: ApiRelay
    beforeAll(async () => {
      platform = await startPlatform({ name: 'killed' })
      relay = await startApiRelay(platform.de.plane, await operatorKubeconfig(platform.de))
    })
    afterAll(async () => {
      await platform?.stopOperator()
      await relay?.[Symbol.asyncDispose]()
      await platform?.[Symbol.asyncDispose]()
    })

    it(`ends where an undisturbed one ends, makes every secret once and forgets no finalizer (seed ${seed})`, {
      timeout: 240_000 + 12_000 * KILLS,
    }, async () => {
      await start()
      await live('calm')
      const calm = await statesOf('calm')
      const secrets = followSecrets()
      const random = createRandom(seed)
      const killer = killAtRandom({ platform, relay, random, kills: KILLS, start })
      await live('wild')
      const kills = await killer.stop()
      await live('wild') // what is there already is asked for once more
      expect(await statesOf('wild')).toEqual(calm)
      expect(secrets.stop()).toEqual([])
      await finalizersAreThere('wild')
      tell(`the operator was killed ${kills} times before, while and after it wrote`)
      expect(kills).toBeGreaterThan(KILLS / 2)
    })

    const start = () => platform.startOperator({ env: { PLATEN_KUBECONFIG: relay.kubeconfig } })

    /** Three tenants are made, changed, and one of them is deleted. */
    async function live(run: string): Promise<void> {
      const names = PARTS.map(part => `${run}-${part}`)
      const [one = '', two = '', six = ''] = names
      const made = names.map(name => tenantNamed(name, { regionRef: { name: run } }))
      const region = regionNamed(run, { domain: `${run}.platen.example` })
      await platform.apply(region, ...made)
      await platform.untilReady(...names)
      const sites = [{ name: 'berlin', displayName: 'Berlin' }]
      await platform.patch(`tenant/${one}`, { size: 'medium' })
      await platform.patch(`tenant/${two}`, { sites, suspend: false })
      await platform.untilReady(one, two)
      await platform.kubectl('delete', `tenant/${six}`, '--wait=false')
      await platform.untilGone(`tenant/${six}`)
    }

    async function statesOf(run: string): Promise<Record<string, string>> {
      const { rest } = platform.de.plane
      const rename = (text: string) => text.replaceAll(run, 'RUN')
      const namespaces = [`platen-region-${run}`, ...PARTS.map(part => `tenant-${run}-${part}`)]
      const states = await Promise.all(namespaces.map(each => stateOf(rest, each, rename)))
      return Object.assign({}, ...states)
    }

    async function finalizersAreThere(run: string): Promise<void> {
      const [one, two] = PARTS.map(part => platform.see(`tenant/${run}-${part}`))
      for (const tenant of [await one, await two]) {
        expect(tenant.metadata.finalizers).toEqual(['platen.dev/stack'])
      }
    }

    /** Which of the secrets that are made once had two contents. */
    function followSecrets() {
      const contents = new Map<string, string>()
      const changed = new Set<string>()
      const stopped = new AbortController()
      const see = ({ type, object }: { type: string; object: KubeObject }) => {
        const { namespace, name } = object.metadata
        if (!namespace.startsWith('tenant-wild-') || type === 'DELETED') return
        const content = createHash('sha256').update(JSON.stringify(object.data)).digest('hex')
        const key = `${namespace}/${name}`
        if ((contents.get(key) ?? content) !== content) changed.add(key)
        contents.set(key, content)
      }
      const watching = platform.de.plane.rest
        .watch('/api/v1/secrets', see, stopped.signal)
        .catch(() => {})
      return {
        stop(): string[] {
          stopped.abort()
          void watching
          expect(contents.size).toBeGreaterThan(15)
          return [...changed]
        },
      }
    }
  })
})
