import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { until } from '../../faults/until.ts'
import { describeHelm, describeKubernetes, type KubeObject } from '../../kubernetes/index.ts'
import {
  conditionIn,
  find,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
} from '../support/index.ts'
import { EDITS, repairOf, returnOf, tell, tellTimes } from './edits.ts'
import { length } from './length.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }) // Each waits for several stacks.

const TENANTS = ['anna', 'bert', 'cleo']

describeHelm('hands at what the operator made', () => {
  describeKubernetes('in one region', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'hands' })
      await platform.startOperator()
      await platform.apply(
        regionNamed('de'),
        ...TENANTS.map(name => tenantNamed(name, { size: 'medium' })),
      )
      await platform.untilReady(...TENANTS)
    })
    afterAll(async () => platform?.[Symbol.asyncDispose]())

    const rest = () => platform.de.plane.rest
    const inTenant = (tenant: string, path: string) => path.replace('NS', `tenant-${tenant}`)

    it('repairs what somebody edits, whatever kind of child it is', async () => {
      const times: number[] = []
      for (let round = 0; round < length().rounds; round++) {
        await Promise.all(
          TENANTS.map(async tenant => {
            for (const edit of EDITS) times.push(await repairOf(rest(), edit, tenant))
          }),
        )
      }
      tellTimes('hand edits repaired', times)
      await platform.untilReady(...TENANTS)
    })

    it('writes down that a way out stood open for a moment', async () => {
      const path = inTenant('cleo', '/api/v1/namespaces/NS/configmaps/residency-ledger')
      const { data } = await rest().call('GET', path)
      const why = 'the network policy default-deny is not as the operator made it'
      const [violated] = data['entries.jsonl']
        .split('\n')
        .filter((line: string) => line.includes('"verdict":"violated"'))
      expect(violated).toContain(why)
      await platform.untilCondition('cleo', 'ResidencyVerified', 'True')
    })

    it('makes again what somebody deletes, and no data is ever among it', async () => {
      const gone = EDITS.filter(({ kind }) => kind !== 'Namespace')
      const claim = inTenant('anna', '/api/v1/namespaces/NS/persistentvolumeclaims/data-database-0')
      const before = await rest().call('GET', claim)
      const times = await Promise.all(
        gone.map(({ path, as }) => returnOf(rest(), inTenant('anna', path), as)),
      )
      tellTimes('deleted children made again', times)
      await platform.untilReady('anna')
      expect((await rest().call('GET', claim)).metadata.uid).toBe(before.metadata.uid)
    })

    it('leaves a label and an annotation of somebody else alone, also while it repairs', async () => {
      const path = inTenant('bert', '/apis/apps/v1/namespaces/NS/deployments/ingest')
      const foreign = {
        labels: { 'example.com/team': 'a' },
        annotations: { 'example.com/note': 'b' },
      }
      await rest().call('PATCH', path, { patch: 'merge', body: { metadata: foreign } })
      await rest().call('PATCH', path, { patch: 'merge', body: { spec: { replicas: 1 } } })
      const repaired = await until('it is repaired', async () => {
        const object = await rest().call('GET', path)
        return object.spec.replicas === 2 ? object : undefined
      })
      expect(repaired.metadata).toMatchObject(foreign)
    })

    it('does not let anybody else open a way in or out, or run a pod of another kind', async () => {
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'open' },
        spec: { podSelector: {}, egress: [{}], policyTypes: ['Egress'] },
      }
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'shell' },
        spec: { containers: [{ name: 'shell', image: 'busybox' }] },
      }
      const create = (path: string, body: object) =>
        rest().call('POST', inTenant('bert', path), { body })
      await expect(
        create('/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies', policy),
      ).rejects.toThrow('only the operator does')
      await expect(create('/api/v1/namespaces/NS/pods', pod)).rejects.toThrow('cannot')
    })

    it('puts back the rules at the door', async () => {
      const api = '/apis/admissionregistration.k8s.io/v1'
      const binding = `${api}/validatingadmissionpolicybindings/platen-residency-pods.de`
      const times = [await returnOf(rest(), binding)]
      const edit = {
        kind: 'ValidatingAdmissionPolicy',
        path: `${api}/validatingadmissionpolicies/platen-residency-insides.de`,
        patch: { spec: { failurePolicy: 'Ignore', validations: [{ expression: 'true' }] } },
        field: ({ spec }: KubeObject) => [spec.failurePolicy, spec.validations],
      }
      times.push(await repairOf(rest(), edit, 'anna'))
      tellTimes('rules at the door put back', times)
    })

    it('takes out a container that somebody put beside its own', async () => {
      const path = inTenant('anna', '/apis/apps/v1/namespaces/NS/deployments/api')
      const own = await rest().call('GET', path)
      const [api] = own.spec.template.spec.containers
      const containers = [api, { ...api, name: 'sidecar', ports: [] }]
      const body = { spec: { template: { spec: { containers } } } }
      await rest().call('PATCH', path, { patch: 'merge', body })
      await until('it is gone', async () => {
        const { spec } = await rest().call('GET', path)
        return spec.template.spec.containers.length === 1 || undefined
      })
      await platform.untilReady('anna')
      await platform.untilCondition('anna', 'ResidencyVerified', 'True')
    })

    it('takes its fields back when another field manager forces its own values into them', async () => {
      const path = inTenant('cleo', '/apis/apps/v1/namespaces/NS/deployments/api')
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'api' },
        spec: { replicas: 5 },
      }
      for (let round = 0; round < 3; round++) {
        await rest().call('PATCH', `${path}?fieldManager=somebody&force=true`, {
          patch: 'apply',
          body,
        })
        await until('the field is ours again', async () => {
          const { spec, metadata } = await rest().call('GET', path)
          const other = metadata.managedFields.find(
            ({ manager }: KubeObject) => manager === 'somebody',
          )
          return (
            (spec.replicas === 2 && !JSON.stringify(other ?? {}).includes('f:replicas')) ||
            undefined
          )
        })
      }
    })

    it('makes a deleted Secret anew and says so, because its old content cannot be had again', async () => {
      const path = inTenant('bert', '/api/v1/namespaces/NS/secrets/component')
      await returnOf(rest(), path)
      await until('an event tells it', async () => {
        const { items } = await rest().call('GET', '/apis/events.k8s.io/v1/events')
        return items.find(
          ({ reason, regarding, note }: KubeObject) =>
            reason === 'SecretsMade' && regarding.name === 'bert' && note.includes('component'),
        )
      })
      await platform.untilReady('bert')
    })

    it('tells that the data is being deleted, when somebody deletes the claim of the database', async () => {
      const path = inTenant('bert', '/api/v1/namespaces/NS/persistentvolumeclaims/data-database-0')
      await rest().call('DELETE', path)
      const tenant = await until('a condition tells it', async () => {
        const seen = await platform.see('tenant/bert')
        return JSON.stringify(seen?.status.conditions).includes('data-database-0')
          ? seen
          : undefined
      })
      expect(conditionIn(tenant, 'Ready')).not.toMatch(/^True/)
    })

    it('opens its breaker in a storm, says so, and serves the others meanwhile', async () => {
      const before = await platform.auditedWrites()
      const path = inTenant('cleo', '/api/v1/namespaces/NS/services/api')
      let count = 0
      let isOver = false
      const storm = async () => {
        while (!isOver || count < length().storm) {
          count += 1
          const patch = { metadata: { labels: { 'app.kubernetes.io/name': `storm-${count}` } } }
          await rest().call('PATCH', path, { patch: 'merge', body: patch })
        }
      }
      const storms = [storm(), storm()]
      try {
        await until('a condition tells it', async () => {
          const ready = conditionIn(await platform.see('tenant/cleo'), 'Ready')
          return /^False ReconcileStorm/.test(ready) || undefined
        })
        const times = []
        for (let round = 0; round < 10; round++) {
          for (const edit of EDITS.filter(({ kind }) => kind === 'Service'))
            times.push(await repairOf(rest(), edit, 'anna'))
        }
        tellTimes('hand edits of another tenant repaired during a storm', times)
      } finally {
        isOver = true
        await Promise.all(storms)
      }
      const writes = (await platform.auditedWrites()).slice(before.length)
      const inStorm = writes.filter(({ namespace }) => namespace === 'tenant-cleo')
      tell(`a storm of ${count} edits was answered with ${inStorm.length} writes`)
      expect(inStorm.length).toBeLessThan(200)
      expect(await platform.operator().page('/metrics')).toMatch(
        /platen_operator_breaker_open\S* 1\b/,
      )
      const { items } = await rest().call('GET', '/apis/events.k8s.io/v1/events')
      expect(items.map(({ reason }: KubeObject) => reason)).toContain('ReconcileStorm')
    })

    it('says that a namespace that somebody deleted is on its way, and makes the stack again after it', async () => {
      await platform.startOperator() // which knows nothing of the storm
      const path = '/api/v1/namespaces/tenant-anna'
      const { metadata } = await rest().call('GET', path)
      await rest().call('DELETE', path)
      await platform.untilCondition('anna', 'Accepted', 'False', /^NamespaceTerminating/)
      await until('it is another one', async () => {
        const found = await find(rest(), path)
        return (found !== undefined && found.metadata.uid !== metadata.uid) || undefined
      })
      await platform.untilReady('anna')
    })

    it('needs no help after all that: a new operator finds nothing to do at the others', async () => {
      await platform.untilReady('cleo')
      await platform.untilQuiet()
      const before = await platform.auditedWrites()
      await platform.startOperator()
      await platform.untilQuiet()
      const later = (await platform.auditedWrites()).slice(before.length)
      expect(later.filter(({ namespace }) => namespace === 'tenant-cleo')).toEqual([])
    })
  })
})
