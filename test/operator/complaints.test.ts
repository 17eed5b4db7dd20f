import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRelay } from '../faults/relay.ts'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  buildOperator,
  conditionIn,
  giveUpJob,
  IN_FR,
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
import { temporaryKubeconfig } from './support/relayed.ts'

/** What users of other operators complain about. Each title names where. */
describeHelm('what users of operators complain about', () => {
  describeKubernetes('on a running platform', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'complaints', withFr: true })
      await platform.startOperator()
      await platform.apply(
        regionNamed('de', { rollout: { maxConcurrent: 1 } }),
        regionNamed('fr', IN_FR),
        tenantNamed('acme'),
        tenantNamed('other'),
        tenantNamed('lumiere', { country: 'FR' }),
      )
      await platform.untilReady('acme', 'other', 'lumiere')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    const own = (path: string) => objectIn(platform.de, 'tenant-acme', path)
    const templates = async () => ({
      acme: await templatesOf(platform.de, 'acme'),
      other: await templatesOf(platform.de, 'other'),
    })
    const remove = (name: string) => platform.kubectl('delete', `tenant/${name}`, '--wait=false')
    const progressOf = async (name: string) =>
      conditionIn(await platform.see(`tenant/${name}`), 'Progressing')

    async function newWrites(act: () => Promise<unknown>): Promise<string[]> {
      await platform.untilQuiet()
      const before = (await platform.auditedWrites()).length
      await act()
      await platform.untilQuiet(3_000)
      const after = (await platform.auditedWrites()).slice(before)
      return after.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
    }

    it(
      'An operator upgrade restarts every workload (CloudNativePG #5950, #7727): another release with the same render writes nothing at all.',
      async () => {
        using build = buildOperator()
        const before = await templates()
        expect(await newWrites(() => platform.startOperator({ main: build.main }))).toEqual([])
        expect(await templates()).toEqual(before)
      },
      LONG,
    )

    it(
      'An operator upgrade restarts every workload (CloudNativePG #5950, #7727): a release with another render goes by turns.',
      async () => {
        using build = buildOperator({
          file: 'render/api.ts',
          from: "value('PLATEN_API_HOST', '0.0.0.0'),",
          to: "value('PLATEN_API_HOST', '0.0.0.0'), value('PLATEN_NEW', 'yes'),",
        })
        const before = await templates()
        const isNew = (pod: KubeObject) =>
          JSON.stringify(pod.spec.containers).includes('PLATEN_NEW')
        platform.de.nodes.decide(pod => (isNew(pod) ? 'unready' : 'ready'))
        await platform.startOperator({ main: build.main })
        await within(async () => {
          const states = [await progressOf('acme'), await progressOf('other')].sort()
          expect(states[0]).toMatch(/^False WaitingForTurn waiting for its turn: 1 of at most 1/)
          expect(states[1]).toMatch(/^True RollingOut/)
        })
        await platform.untilQuiet()
        const during = await templates()
        const changed = [
          restarted(before.acme, during.acme),
          restarted(before.other, during.other),
        ].sort()
        expect(changed, 'one of them, and of it only what differs').toEqual([[], ['api']])
        platform.de.nodes.decide(() => 'ready')
        await within(async () => {
          const after = await templates()
          expect(restarted(before.acme, after.acme)).toEqual(['api'])
          expect(restarted(before.other, after.other)).toEqual(['api'])
        })
        await platform.startOperator()
        await within(async () => expect(await templates()).toEqual(before))
        await platform.untilReady('acme', 'other')
      },
      LONG,
    )

    it(
      'A bad spec cannot be rolled back (CloudNativePG #3541): a version whose migration fails is taken back, and what serves never saw it.',
      async () => {
        const isBad = ({ metadata, spec }: KubeObject) =>
          metadata.name.startsWith('prepare-') && JSON.stringify(spec).includes(':6.6.6')
        platform.de.nodes.decide(pod => (isBad(pod) ? 'failed' : 'ready'))
        const before = await generations()
        await platform.patch('tenant/acme', { version: '6.6.6' })
        await giveUpJob(platform.de, isBad)
        await platform.untilCondition('acme', 'Progressing', 'False', /^ChangeFailed version 6.6.6/)
        await platform.patch('tenant/acme', { version: null })
        await platform.untilReady('acme')
        expect(await generations()).toEqual(before)
        platform.de.nodes.decide(() => 'ready')
      },
      LONG,
    )

    /** They change with every change of what serves. */
    async function generations(): Promise<number[]> {
      const found = await Promise.all(['deployments/api', 'deployments/ingest'].map(own))
      return found.map(object => object?.metadata.generation)
    }

    it.each([
      { part: 'api', why: 'a Deployment that does not get ready' },
      { part: 'database', why: 'a StatefulSet waits for its broken pod for ever' },
    ])(
      'A bad spec cannot be rolled back (zalando/postgres-operator #3112): resources that no node has are taken back ($why)',
      async ({ part }) => {
        const { spec } = (await platform.see('tenant/acme')) ?? {}
        const isTooLarge = (pod: KubeObject) => JSON.stringify(pod.spec).includes('"777Gi"')
        platform.de.nodes.decide(pod => (isTooLarge(pod) ? 'pending' : 'ready'))
        const fits = { replicas: 1, cpu: '1', memory: '1Gi' }
        const resources: KubeObject = {
          ingest: fits,
          api: { ...fits },
          database: { instances: 1, cpu: '1', memory: '1Gi', storage: '20Gi' },
        }
        resources[part].memory = '777Gi'
        await platform.patch('tenant/acme', { size: 'custom', resources })
        await platform.untilCondition('acme', 'Ready', 'False', /0 of 1 are ready/)
        await within(async () => {
          const pods = (await platform.objectsOf('acme')).filter(({ kind }) => kind === 'Pod')
          expect(pods.filter(isTooLarge)).toHaveLength(1)
        })
        await platform.patch('tenant/acme', { size: spec.size, resources: null })
        await platform.untilReady('acme')
        platform.de.nodes.decide(() => 'ready')
      },
      LONG,
    )

    it(
      'Reinstalling a CRD leaves stale uids and everything is deleted (capsule #1181): nothing is deleted, and the tenants are adopted.',
      async () => {
        const names = ['acme', 'other']
        await platform.untilReady(...names)
        await platform.untilQuiet()
        const before = await Promise.all(names.map(name => identityOf(name)))
        await platform.stopOperator()
        for (const name of [...names, 'lumiere']) await platform.release(`tenant/${name}`)
        await platform.kubectl('delete', 'crd', 'tenants.platen.dev')
        await platform.de.plane.installCrds('crds')
        await platform.startOperator()
        await platform.untilQuiet(4_000)
        expect(await Promise.all(names.map(name => identityOf(name)))).toEqual(before)

        await platform.apply(
          ...names.map(name => tenantNamed(name)),
          tenantNamed('lumiere', { country: 'FR' }),
        )
        await platform.untilReady(...names, 'lumiere')
        expect(await Promise.all(names.map(name => identityOf(name)))).toEqual(before)
        const { uid } = (await platform.see('tenant/acme'))?.metadata ?? {}
        const [namespace] = await platform.objectsOf('acme')
        expect(namespace?.metadata.annotations['platen.dev/tenant-uid']).toBe(uid)
      },
      LONG,
    )

    /** What would be another one if it had been made anew. */
    async function identityOf(name: string): Promise<Record<string, unknown>> {
      const objects = await platform.objectsOf(name)
      const lasting = objects.filter(({ kind }) => !['Job', 'ConfigMap'].includes(kind))
      return Object.fromEntries(
        lasting.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.uid]),
      )
    }

    /** Each with a tenant of its own, at the same time: they wait most of their time, and one does not hold up another. */
    describe.concurrent('that is to go', () => {
      beforeAll(() => {
        const never = ['tenant-stuck', 'tenant-early']
        platform.de.nodes.decide(({ metadata }) =>
          never.includes(metadata.namespace) ? 'pending' : 'ready',
        )
      })
      afterAll(() => platform.de.nodes.decide(() => 'ready'))

      it(
        'Deletion never ends (capsule #1875): of a tenant whose region does not answer it waits, says so, and goes on when it is back.',
        async () => {
          await platform.fr.plane.stopApiServer('kill')
          try {
            await remove('lumiere')
            const says =
              /^Unreachable cannot delete the stack: the cluster of Region fr does not answer or is not ready; it goes on when it is$/
            await platform.untilCondition('lumiere', 'Deleting', 'True', says)
          } finally {
            await platform.fr.plane.startApiServer()
          }
          await platform.untilGone('tenant/lumiere')
        },
        LONG,
      )

      it(
        'Deletion never ends (minio/operator #312): a namespace that somebody else holds says who, and goes when it is let go.',
        async () => {
          await platform.apply(tenantNamed('stuck', { deletionPolicy: 'Delete', version: '6.6.7' }))
          await platform.untilCondition('stuck', 'DatabaseReady', 'False', /^Starting/)
          const held = {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'held', namespace: 'tenant-stuck', finalizers: ['example.com/hold'] },
          }
          await platform.apply(held)
          await remove('stuck')
          await platform.untilCondition(
            'stuck',
            'Deleting',
            'True',
            /example.com\/hold in 1 resource/,
          )
          const free = JSON.stringify({ metadata: { finalizers: null } })
          await platform.kubectl(
            ...['patch', 'configmap/held', '-n', 'tenant-stuck', '--type=merge', '-p', free],
          )
          await platform.untilGone('tenant/stuck')
        },
        LONG,
      )

      it(
        'A deletionTimestamp is ignored (zalando/postgres-operator #3014): not while the tenant is being made.',
        async () => {
          await platform.apply(tenantNamed('early', { deletionPolicy: 'Delete' }))
          await platform.untilCondition('early', 'DatabaseReady', 'False', /^Starting/)
          await remove('early')
          await platform.untilGone('tenant/early')
          expect(await platform.objectsOf('early')).toEqual([])
        },
        LONG,
      )

      it(
        'A deletionTimestamp is ignored (zalando/postgres-operator #3014): only as long as the tenant is paused, which it says.',
        async () => {
          await platform.apply(tenantNamed('resting'))
          await platform.untilReady('resting')
          await platform.annotate('tenant/resting', 'platen.dev/paused', 'yes')
          await platform.untilCondition('resting', 'Paused', 'True')
          await remove('resting')
          await platform.untilQuiet()
          const paused = await platform.see('tenant/resting')
          expect(conditionIn(paused, 'Paused')).toMatch(/nothing is changed until the annotation/)
          expect(namesOf(await platform.objectsOf('resting'))).toContain('Deployment api')
          await platform.annotate('tenant/resting', 'platen.dev/paused')
          await platform.untilGone('tenant/resting')
        },
        LONG,
      )
    })

    it(
      'A perpetual diff restarts pods at every resync (zalando/postgres-operator #1383): what others add to every object is theirs.',
      async () => {
        const kinds =
          'deployments,statefulsets,services,configmaps,secrets,serviceaccounts,cronjobs,limitranges,resourcequotas'
        const added = await newWrites(async () => {
          await platform.kubectl(
            ...['annotate', kinds, '--all', '-n', 'tenant-acme', 'example.com/seen=yes'],
          )
          await platform.kubectl('label', 'namespace/tenant-acme', 'example.com/team=blue')
          for (let resync = 0; resync < 3; resync++)
            await platform.touch('tenant/acme', 'region/de')
        })
        expect(added).toEqual([])
        expect((await own('deployments/api'))?.metadata.annotations['example.com/seen']).toBe('yes')
      },
      LONG,
    )

    it(
      'A perpetual diff restarts pods at every resync (zalando/postgres-operator #1447): a value that the server itself changes costs one write.',
      async () => {
        await platform.apply(...CHANGES_GRACE)
        await within(async () => {
          await platform.kubectl(
            ...['annotate', 'deployment/api', '-n', 'tenant-acme', '--overwrite'],
            `touched=${Date.now()}`,
          )
          expect(
            (await own('deployments/api'))?.spec.template.spec.terminationGracePeriodSeconds,
          ).toBe(77)
        })
        await platform.untilReady('acme')
        const before = (await own('deployments/api'))?.metadata.generation
        const writes = await newWrites(async () => {
          for (let resync = 0; resync < 5; resync++) await platform.touch('tenant/acme')
        })
        expect(writes).toEqual([])
        expect((await own('deployments/api'))?.metadata.generation).toBe(before)
        await platform.kubectl(
          'delete',
          'mutatingadmissionpolicies,mutatingadmissionpolicybindings',
          '--all',
        )
      },
      LONG,
    )

    it(
      'A watch dies silently (kubernetes-client/javascript #596, #364; pepr #745): an edit that no event tells of is repaired.',
      async () => {
        const { port } = new URL(platform.de.plane.url)
        const relay = await startRelay(Number(port))
        try {
          using kubeconfig = temporaryKubeconfig(platform.operatorKubeconfig, relay.port)
          // 100 s in a release: longer than the minute after which the server sends a bookmark.
          const silence = {
            file: 'cluster/reflector.ts',
            from: 'silenceMs: 100_000',
            to: 'silenceMs: 5_000',
          }
          using build = buildOperator(silence)
          await platform.startOperator({
            main: build.main,
            env: { PLATEN_KUBECONFIG: kubeconfig.path },
          })
          await platform.untilQuiet()
          relay.stall(120_000)
          await platform.kubectl('scale', 'deployment/api', '-n', 'tenant-acme', '--replicas=5')
          await within(async () => expect((await own('deployments/api'))?.spec.replicas).toBe(1))
          await platform.stopOperator()
        } finally {
          await relay.close()
        }
        await platform.startOperator()
      },
      LONG,
    )
  })
})

/** As an API server would that has another default: https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
const CHANGES_GRACE: KubeObject[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'grace' },
    spec: {
      failurePolicy: 'Ignore',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      },
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression:
              '[JSONPatch{op: "replace", path: "/spec/template/spec/terminationGracePeriodSeconds", value: 77}]',
          },
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'grace' },
    spec: { policyName: 'grace' },
  },
]
