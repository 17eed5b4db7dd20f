import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../test/kubernetes/index.ts'
import { startRelay } from './cluster/testing/relay.ts'
import type { Operator } from './operator.ts'
import { eventually, regionObject, type Stage, setStage, tenantObject } from './testing/stage.ts'

vi.setConfig({ testTimeout: 180_000 }) // Each waits for several stacks.

describeKubernetes('a region in a cluster of its own', () => {
  let stage: Stage
  let away: Stage
  let operator: Operator
  beforeAll(async () => {
    stage = await setStage('here')
    away = await setStage('away')
    operator = await stage.start()
    const cluster = { kubeconfigSecretRef: { name: 'cluster-fr' } }
    await stage.apply(regionObject(), regionObject('fr', { countries: ['FR'], cluster }))
  }, 180_000)
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]()
    await away?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  const reachable = () => stage.condition('region', 'fr', 'ClusterReachable')
  const ready = (name: string) => () => stage.condition('tenant', name, 'Ready')
  const kubeconfig = (text: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cluster-fr', namespace: 'platen-system' },
    data: { kubeconfig: Buffer.from(text).toString('base64') },
  })

  it('says which Secret is missing, and that its content cannot be used', async () => {
    await eventually(reachable, seen =>
      seen.startsWith(
        'False SecretMissing cannot connect to the cluster of Region fr: Secret platen-system/cluster-fr does not exist',
      ),
    )
    await stage.apply(kubeconfig('none'))
    await touch()
    await eventually(reachable, seen => seen.startsWith('False KubeconfigInvalid'))
  })

  it('holds up new tenants of its country until it is known, and nobody else: their data may be in it', async () => {
    const labels = {
      'app.kubernetes.io/managed-by': 'platen-operator',
      'app.kubernetes.io/part-of': 'platen',
      'platen.dev/tenant': 'emigrant',
    }
    const annotations = { 'platen.dev/region': 'fr', 'platen.dev/tenant-uid': 'an-earlier-one' }
    const left = { name: 'tenant-emigrant', labels, annotations }
    await away.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: left })
    await stage.apply(
      regionObject('be', { countries: ['FR'] }),
      tenantObject('emigrant', { country: 'FR', regionRef: { name: 'be' } }),
      tenantObject('local'),
    )
    const accepted = () => stage.condition('tenant', 'emigrant', 'Accepted')
    await eventually(accepted, seen =>
      seen.startsWith('False Waiting waiting to know whether data of an earlier Tenant emigrant'),
    )
    await eventually(ready('local'), seen => seen.startsWith('True'))
    expect(await stage.get('namespace', 'tenant-emigrant')).toBeUndefined()

    // As of a Tenant whose status was lost: nobody knows where its data is.
    const lost = tenantObject('lost', { country: 'FR' })
    const metadata = { name: 'lost', finalizers: ['platen.dev/stack'] }
    await stage.apply({ ...lost, metadata })
    await stage.plane.kubectl(['delete', 'tenant', 'lost', '--wait=false'])
    await eventually(
      () => stage.condition('tenant', 'lost', 'Deleting'),
      seen => seen.startsWith('True Unreachable cannot delete the stack'),
    )

    await stage.apply(kubeconfig(readFileSync(away.plane.kubeconfig, 'utf8')))
    await touch()
    await eventually(accepted, seen => seen.startsWith('False RegionChanged'))
    await gone('tenant', 'lost')
    await remove('tenant', 'emigrant')
    await remove('region', 'be')
  })

  it('holds all of the tenant, and the management cluster nothing', async () => {
    await stage.apply(kubeconfig(readFileSync(away.plane.kubeconfig, 'utf8')))
    await touch()
    await stage.apply(tenantObject('parisian', { country: 'FR' }))
    await eventually(ready('parisian'), seen => seen.startsWith('True'))
    expect(await away.get('statefulset', 'database', 'tenant-parisian')).toBeDefined()
    expect(await stage.get('namespace', 'tenant-parisian')).toBeUndefined()
    expect(await stage.get('namespace', 'platen-region-fr')).toBeUndefined()
  })

  it('does not answer: its tenants are Unknown, others are made and repaired as ever, and it comes back', async () => {
    await away.plane.stopApiServer('kill')
    await eventually(ready('parisian'), seen => seen.startsWith('Unknown'))
    expect(await reachable()).toContain('False Unreachable')
    await stage.apply(tenantObject('berliner'))
    await eventually(ready('berliner'), seen => seen.startsWith('True'))
    await stage.plane.kubectl(['delete', 'tenant', 'parisian', '--wait=false'])
    await eventually(
      () => stage.condition('tenant', 'parisian', 'Deleting'),
      seen => seen.startsWith('True Unreachable cannot delete the stack'),
    )
    await away.plane.startApiServer()
    await eventually(reachable, seen => seen.startsWith('True'))
    await eventually(
      () => stage.get('tenant', 'parisian'),
      found => found === undefined,
    )
    expect(await away.get('namespace', 'tenant-parisian')).toBeDefined()
  })

  it('is not exchanged: another cluster is refused within a minute, and nothing is done there; by another address it is the same', async () => {
    await stage.apply(tenantObject('lyonnais', { country: 'FR' }))
    await eventually(ready('lyonnais'), seen => seen.startsWith('True'))
    const text = readFileSync(away.plane.kubeconfig, 'utf8')
    await stage.apply(kubeconfig(readFileSync(stage.plane.kubeconfig, 'utf8')))
    await eventually(reachable, seen =>
      seen.startsWith('False OtherCluster cannot go on with Region fr: the kubeconfig in Secret'),
    )
    await eventually(ready('lyonnais'), seen => seen.startsWith('Unknown'))
    expect(await stage.get('namespace', 'tenant-lyonnais')).toBeUndefined()
    expect(await stage.get('namespace', 'platen-region-fr')).toBeUndefined()

    const { port } = new URL(away.plane.url)
    await using relay = await startRelay(Number(port))
    await stage.apply(kubeconfig(text.replace(`:${port}`, `:${relay.port}`)))
    await touch()
    await eventually(reachable, seen => seen.startsWith('True'))
    const since = Date.now()
    await eventually(ready('lyonnais'), seen => seen.startsWith('True'))
    // Its tenants are told, and need not look again by themselves.
    expect(Date.now() - since).toBeLessThan(15_000)
    await stage.apply(kubeconfig(text))
    await touch()
  })

  it('that is paused is left as it is, also by an operator that starts anew, which looks after its tenants', async () => {
    await eventually(ready('lyonnais'), seen => seen.startsWith('True'))
    await stage.plane.kubectl(['annotate', 'region', 'fr', 'platen.dev/paused=yes'])
    await eventually(
      () => stage.condition('region', 'fr', 'Paused'),
      seen => seen.startsWith('True'),
    )
    await operator[Symbol.asyncDispose]()
    await away.plane.kubectl(['delete', 'service', 'edge', '-n', 'platen-region-fr'])
    operator = await stage.start()
    await eventually(async () => operator.isLeading, Boolean)
    await away.plane.kubectl(['delete', 'service', 'api', '-n', 'tenant-lyonnais'])
    await eventually(() => away.get('service', 'api', 'tenant-lyonnais'), Boolean)
    await stage.plane.kubectl(['annotate', 'tenant', 'lyonnais', 'touched=yes'])
    expect(await ready('lyonnais')()).toMatch(/^True/)
    expect(await away.get('service', 'edge', 'platen-region-fr')).toBeUndefined()
    await stage.plane.kubectl(['annotate', 'region', 'fr', 'platen.dev/paused-'])
    await eventually(() => away.get('service', 'edge', 'platen-region-fr'), Boolean)
  })

  async function remove(kind: string, name: string): Promise<void> {
    await stage.plane.kubectl(['delete', kind, name, '--wait=false'])
    await gone(kind, name)
  }

  async function gone(kind: string, name: string): Promise<void> {
    await eventually(
      () => stage.get(kind, name),
      found => found === undefined,
    )
  }

  /** The Secret is not watched, but read every minute: a changed Region is looked at right away. */
  async function touch(): Promise<void> {
    await stage.plane.kubectl(['annotate', 'region', 'fr', '--overwrite', `touched=${Date.now()}`])
  }
})
