import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { until } from '../../faults/until.ts'
import { describeHelm, describeKubernetes, type KubeObject } from '../../kubernetes/index.ts'
import { type SilentRelay, startSilentRelay } from '../../support/silent-relay.ts'
import {
  conditionIn,
  find,
  IN_FR,
  NAMESPACE,
  type Platform,
  regionNamed,
  secretNamed,
  startPlatform,
  tenantNamed,
} from '../support/index.ts'
import { EDITS, repairOf, tellTimes } from './edits.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const API_OF_NICE = '/api/v1/namespaces/tenant-nice/services/api'

describeHelm("a region's cluster that fails", () => {
  describeKubernetes('beside one that works', () => {
    let platform: Platform
    let relay: SilentRelay
    let kubeconfig: string
    beforeAll(async () => {
      platform = await startPlatform({ name: 'regions', withFr: true })
      const { plane } = platform.fr
      relay = await startSilentRelay({ port: Number(new URL(plane.url).port), host: '127.0.0.1' })
      const account = { namespace: NAMESPACE, name: 'platen-operator' }
      const direct = readFileSync(await plane.serviceAccountKubeconfig(account), 'utf8')
      kubeconfig = direct.replace(plane.url, `https://127.0.0.1:${relay.port}`)
      await platform.apply(secretNamed(NAMESPACE, 'cluster-fr', { kubeconfig }))
      await platform.startOperator()
      await platform.apply(
        regionNamed('de'),
        regionNamed('fr', IN_FR),
        tenantNamed('ulm', { size: 'medium' }),
        tenantNamed('nice', { country: 'FR' }),
      )
      await platform.untilReady('ulm', 'nice')
      await repairs('both regions work')
    })
    afterAll(async () => {
      await platform?.[Symbol.asyncDispose]()
      await relay?.[Symbol.asyncDispose]()
    })

    it.each([
      {
        name: 'does not answer, because its API server was killed',
        newcomer: 'bonn',
        fail: () => platform.fr.plane.stopApiServer('kill'),
        mend: () => platform.fr.plane.startApiServer(),
      },
      {
        name: 'hangs, because the network swallows everything',
        newcomer: 'kiel',
        fail: async () => relay.setSilent(true),
        mend: async () => relay.setSilent(false),
      },
    ])(
      '$name: it is told, the other region goes on, and what was missed is done later',
      async ({ fail, mend, newcomer }) => {
        await fail()
        await platform.patch('tenant/nice', { size: 'medium' })
        await Promise.all([
          repairs('one region is away'),
          platform.untilRegionCondition('fr', 'ClusterReachable', 'False', /^Unreachable/),
          platform.untilCondition('nice', 'Ready', 'Unknown'),
        ])
        await platform.apply(tenantNamed(newcomer))
        await platform.untilReady(newcomer)
        await repairs('one region is away, and that is known')
        await mend()
        await platform.untilRegionCondition('fr', 'ClusterReachable', 'True')
        await platform.untilReady('nice')
        await until('the change has arrived', async () => {
          const path = '/apis/apps/v1/namespaces/tenant-nice/deployments/api'
          const found = await find(platform.fr.plane.rest, path)
          return found?.spec.replicas === 2 || undefined
        })
        await platform.patch('tenant/nice', { size: 'small' })
        await platform.untilReady('nice')
      },
    )

    it.each([
      {
        name: 'names a wrong address',
        reason: /^(Unreachable|Waiting)/,
        text: () => kubeconfig.replace(`:${relay.port}`, ':9'),
      },
      { name: 'is none', reason: /^KubeconfigInvalid/, text: () => 'none' },
    ])(
      'whose kubeconfig $name says so, and works again when it is put right',
      async ({ reason, text }) => {
        await platform.apply(secretNamed(NAMESPACE, 'cluster-fr', { kubeconfig: text() }))
        await touch()
        const status = conditionIn(
          await platform.untilRegionCondition('fr', 'ClusterReachable', 'False', reason),
          'Ready',
        )
        expect(status).not.toMatch(/^True/)
        await platform.apply(secretNamed(NAMESPACE, 'cluster-fr', { kubeconfig }))
        await touch()
        await worksAgain()
      },
    )

    it('whose kubeconfig is missing says which Secret to make, and works again when it is there', async () => {
      await platform.kubectl('delete', 'secret', 'cluster-fr', '-n', NAMESPACE)
      await touch()
      await platform.untilRegionCondition(
        'fr',
        'ClusterReachable',
        'False',
        /^SecretMissing .*platen-system\/cluster-fr.* create it/,
      )
      await platform.apply(secretNamed(NAMESPACE, 'cluster-fr', { kubeconfig }))
      await worksAgain()
    })

    it.each([
      {
        name: 'under an operator that works',
        notice: async () => {
          // A stream that is open goes on for minutes without the right.
          relay.setSilent(true)
          relay.setSilent(false)
        },
      },
      {
        name: 'before an operator starts anew',
        notice: async () => {
          await platform.stopOperator()
          await platform.startOperator()
        },
      },
    ])(
      'whose account loses a right $name is not looked after and says so, and goes on when it has it again',
      async ({ notice }) => {
        const { rest } = platform.fr.plane
        const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/platen-operator-region'
        const { rules }: KubeObject = await rest.call('GET', path)
        const without = rules.map((rule: { resources: string[] }) =>
          rule.resources.includes('secrets') ? { ...rule, verbs: ['get'] } : rule,
        )
        await rest.call('PATCH', path, { patch: 'merge', body: { rules: without } })
        await notice()
        await Promise.all([
          platform.untilRegionCondition(
            'fr',
            'ClusterReachable',
            'False',
            /^NotWatched .*Secret.*chart/,
          ),
          platform.untilCondition('nice', 'Ready', 'Unknown'),
        ])
        await repairs('a right is missing in the other region')
        await rest.call('PATCH', path, { patch: 'merge', body: { rules } })
        await worksAgain()
      },
    )

    async function worksAgain(): Promise<void> {
      await platform.untilRegionCondition('fr', 'ClusterReachable', 'True')
      const { rest } = platform.fr.plane
      await rest.call('DELETE', API_OF_NICE)
      await until('its tenant is repaired', () => find(rest, API_OF_NICE))
      await platform.untilReady('nice')
    }

    /** The Secret is not watched, but read every minute: a changed Region is looked at right away. */
    async function touch(): Promise<void> {
      await platform.kubectl('annotate', 'region', 'fr', '--overwrite', `touched=${Date.now()}`)
    }

    async function repairs(when: string): Promise<void> {
      const times: number[] = []
      for (const edit of EDITS) times.push(await repairOf(platform.de.plane.rest, edit, 'ulm'))
      tellTimes(`hand edits repaired while ${when}`, times)
    }
  })
})
