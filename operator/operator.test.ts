import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes, type KubeObject, startControlPlane } from '../test/kubernetes/index.ts'
import { temporaryDirectory } from '../test/support/directory.ts'
import { type Operator, startOperator } from './operator.ts'
import { startDeafWay } from './testing/deaf.ts'
import { eventually, regionObject, type Stage, setStage, tenantObject } from './testing/stage.ts'
import { keptCounts, keptLog } from './testing/telemetry.ts'

vi.setConfig({ testTimeout: 180_000 }) // Each waits for several stacks.

describeKubernetes('the operator', () => {
  let stage: Stage
  let operator: Operator
  beforeAll(async () => {
    stage = await setStage('operator')
    operator = await stage.start()
    await stage.apply(regionObject())
  }, 120_000)
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  const condition = (name: string, type: string) => () => stage.condition('tenant', name, type)
  const until = (name: string, type: string, start: string) =>
    eventually(condition(name, type), seen => seen.startsWith(start))

  async function installed(name: string, spec: KubeObject = {}): Promise<void> {
    await stage.apply(tenantObject(name, spec))
    await until(name, 'Ready', 'True')
  }

  it('makes a stack that gets ready, and its status tells the truth', async () => {
    await installed('acme')
    const { status } = (await stage.get('tenant', 'acme')) ?? {}
    expect(status).toMatchObject({
      observedGeneration: 1,
      country: 'DE',
      region: 'de',
      namespace: 'tenant-acme',
      host: 'acme.de.platen.example',
      version: '1.0.0',
      residency: { verified: 'True', sequence: 1 },
    })
    await eventually(
      () => stage.condition('region', 'de', 'Ready'),
      seen => seen.startsWith('True'),
    )
    const routes = await stage.get('configmap', 'edge-routes', 'platen-region-de')
    expect(routes?.data.routes).toContain('acme.de.platen.example tenant-acme')
  })

  it('writes nothing once all is right, and nothing when another operator takes over', async () => {
    await installed('quiet')
    await eventually(async () => {
      const before = JSON.stringify(stage.writes())
      await sleep(3_000)
      return before === JSON.stringify(stage.writes())
    }, Boolean)
    const before = stage.writes()
    await operator[Symbol.asyncDispose]()
    operator = await stage.start()
    await eventually(async () => operator.isLeading, Boolean)
    await sleep(5_000) // Nothing tells that nothing will happen.
    expect(stage.writes()).toEqual(before)
  })

  it('repairs at once what somebody edited or deleted by hand', async () => {
    await installed('tampered')
    const namespace = 'tenant-tampered'
    const before = await stage.get('deployment', 'api', namespace)
    await stage.plane.kubectl(['scale', 'deployment/api', '-n', namespace, '--replicas=7'])
    await stage.plane.kubectl(['delete', 'networkpolicy/default-deny', '-n', namespace])
    await eventually(
      async () => (await stage.get('deployment', 'api', namespace))?.spec.replicas,
      replicas => replicas === before?.spec.replicas,
    )
    await eventually(() => stage.get('networkpolicy', 'default-deny', namespace), Boolean)
  })

  it('puts a status right that somebody else wrote, at once and once', async () => {
    await installed('rewritten')
    const before = (await stage.get('tenant', 'rewritten'))?.status
    const patch = JSON.stringify({ status: { host: 'elsewhere.example', conditions: [] } })
    for (const which of ['tenant/rewritten', 'region/de']) {
      const edit = ['patch', which, '--subresource=status', '--type=merge', '-p', patch]
      await stage.plane.kubectl(edit)
    }
    await eventually(
      () => stage.get('tenant', 'rewritten'),
      found => found?.status?.host === before?.host && found?.status?.conditions?.length > 0,
    )
    await until('rewritten', 'Ready', 'True')
    await eventually(
      () => stage.condition('region', 'de', 'Ready'),
      seen => seen.startsWith('True'),
    )
    await sleep(1_000)
    const written = stage.writes()
    await sleep(3_000) // Nothing tells that nothing will happen.
    expect(stage.writes()).toEqual(written)
  })

  it('opens the edge for a tenant also while the watch of Tenants tells nothing', async () => {
    await operator[Symbol.asyncDispose]()
    await stage.apply(tenantObject('unheard'))
    await using way = await startDeafWay(stage.plane.kubeconfig, 'tenants')
    using directory = temporaryDirectory()
    const kubeconfig = join(directory.path, 'kubeconfig')
    writeFileSync(kubeconfig, way.kubeconfig)
    operator = await stage.start({ kubeconfig })
    await until('unheard', 'Ready', 'True') // in less than a watch may be silent
    await operator[Symbol.asyncDispose]()
    operator = await stage.start()
  })

  it('deletes what is no longer rendered, and no data', async () => {
    await installed('shrinking', { size: 'medium' })
    const budget = () => stage.get('pdb', 'api', 'tenant-shrinking')
    expect(await budget()).toBeDefined()
    await stage.apply(tenantObject('shrinking', { size: 'small' }))
    await eventually(budget, found => found === undefined)
    expect(await stage.get('pvc', 'data-database-0', 'tenant-shrinking')).toBeDefined()
  })

  it('leaves the data of a deleted Tenant, and a Tenant of the same name adopts it', async () => {
    await installed('phoenix')
    const namespace = 'tenant-phoenix'
    const secret = await stage.get('secret', 'database-owner', namespace)
    await stage.plane.kubectl(['delete', 'tenant', 'phoenix', '--timeout=40s'])
    const left = await stage.get('namespace', namespace)
    expect(left?.metadata.annotations['platen.dev/retained']).toContain('create it again')
    expect(await stage.get('deployment', 'ingest', namespace)).toBeUndefined()
    expect(await stage.get('statefulset', 'database', namespace)).toBeDefined()

    await installed('phoenix')
    const adopted = await stage.get('namespace', namespace)
    expect(adopted?.metadata.uid).toBe(left?.metadata.uid)
    expect(adopted?.metadata.annotations['platen.dev/retained']).toBeUndefined()
    expect((await stage.get('secret', 'database-owner', namespace))?.data).toEqual(secret?.data)
  })

  it('never touches a namespace that is not its own, neither now nor when the Tenant goes', async () => {
    await stage.plane.kubectl(['create', 'namespace', 'tenant-squatter'])
    await stage.apply(tenantObject('squatter'))
    await until(
      'squatter',
      'Accepted',
      'False NamespaceNotOurs cannot use namespace tenant-squatter',
    )
    await stage.plane.kubectl(['delete', 'tenant', 'squatter', '--timeout=20s'])
    const namespace = await stage.get('namespace', 'tenant-squatter')
    expect(namespace?.metadata.deletionTimestamp).toBeUndefined()
    expect(Object.keys(namespace?.metadata.labels)).toEqual(['kubernetes.io/metadata.name'])
  })

  it('does nothing for a paused Tenant but say so, and goes on afterwards', async () => {
    await installed('paused')
    await stage.plane.kubectl(['annotate', 'tenant', 'paused', 'platen.dev/paused=yes'])
    await until('paused', 'Paused', 'True')
    await stage.plane.kubectl(['delete', 'deployment/api', '-n', 'tenant-paused'])
    await sleep(2_000) // Nothing tells that nothing will happen.
    expect(await stage.get('deployment', 'api', 'tenant-paused')).toBeUndefined()
    await stage.plane.kubectl(['annotate', 'tenant', 'paused', 'platen.dev/paused-'])
    await eventually(() => stage.get('deployment', 'api', 'tenant-paused'), Boolean)
    await until('paused', 'Paused', 'none')
  })

  it('scales a suspended tenant to nothing, keeps its data, and wakes it', async () => {
    await installed('asleep')
    await stage.apply(tenantObject('asleep', { suspend: true }))
    await eventually(
      async () => await stage.plane.kubectl(['get', 'pods', '-n', 'tenant-asleep', '-o', 'name']),
      pods => !/pod\/(api|ingest|database)/.test(pods),
    )
    await until('asleep', 'Ready', 'False')
    expect(await stage.get('pvc', 'data-database-0', 'tenant-asleep')).toBeDefined()
    await installed('asleep', { suspend: false })
  })

  it('deletes no data of which there is no backup, and lets go of it once it may be kept', async () => {
    await installed('precious', { deletionPolicy: 'Delete' })
    await stage.plane.kubectl(['delete', 'tenant', 'precious', '--wait=false'])
    await until(
      'precious',
      'Deleting',
      'True DeletionRefused cannot delete the data: Region de has no backup',
    )
    expect(await stage.get('deployment', 'ingest', 'tenant-precious')).toBeDefined()
    await stage.apply(tenantObject('precious', { deletionPolicy: 'Retain' }))
    await eventually(
      () => stage.get('tenant', 'precious'),
      found => found === undefined,
    )
    expect(await stage.get('statefulset', 'database', 'tenant-precious')).toBeDefined()
  })

  it('deletes the namespace of a tenant that never ran and may be deleted', async () => {
    stage.nodes.decide(pod => (pod.metadata.namespace === 'tenant-stillborn' ? 'pending' : 'ready'))
    await stage.apply(tenantObject('stillborn', { deletionPolicy: 'Delete' }))
    await until('stillborn', 'DatabaseReady', 'False Starting')
    await stage.plane.kubectl(['delete', 'tenant', 'stillborn', '--timeout=60s'])
    expect(await stage.get('namespace', 'tenant-stillborn')).toBeUndefined()
    stage.nodes.decide(() => 'ready')
  })

  it('does not delete a Region in which tenants are', async () => {
    await installed('resident')
    await stage.apply({ ...regionObject('doomed', { countries: ['FR'] }) })
    await stage.apply(tenantObject('parisian', { country: 'FR' }))
    await until('parisian', 'Ready', 'True')
    await stage.plane.kubectl(['delete', 'region', 'doomed', '--wait=false'])
    await eventually(
      () => stage.condition('region', 'doomed', 'Deleting'),
      seen =>
        seen.includes(
          'cannot delete Region doomed: 1 tenant is in it (parisian); delete them first',
        ),
    )
    expect(await stage.get('deployment', 'edge', 'platen-region-doomed')).toBeDefined()
  })
})

describeKubernetes('an operator that comes before its CRDs', () => {
  it('is not ready, says what to apply, and begins to work when that was done', async () => {
    await using plane = await startControlPlane({ name: 'before-crds', controllers: 'none' })
    await plane.kubectl(['create', 'namespace', 'platen-system'])
    const { logger, lines } = keptLog()
    let isReady: boolean | undefined
    await using operator = await startOperator({
      kubeconfig: plane.kubeconfig,
      namespace: 'platen-system',
      logger,
      meter: keptCounts().meter,
      onReady: is => {
        isReady = is
      },
    })
    const advice =
      'cannot watch Tenant: the cluster does not serve platen.dev/v1alpha1 Tenant; run kubectl apply --server-side -f charts/platen-operator/crds/'
    await eventually(async () => lines.some(line => line.includes(advice)), Boolean)
    await eventually(
      async () => isReady,
      is => is === false,
    )
    expect(operator.isLeading).toBe(false)
    await plane.installCrds('crds')
    await eventually(async () => isReady, Boolean)
    await eventually(async () => operator.isLeading, Boolean)
  })
})
