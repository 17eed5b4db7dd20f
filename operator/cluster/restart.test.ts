import { readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { describeKubernetes, startControlPlane } from '../../test/kubernetes/index.ts'
import type { ClusterConnection } from './cluster.ts'
import { connectCluster } from './connect.ts'
import { isUnreachable } from './errors.ts'
import { type Reachability, startHealth } from './health.ts'
import type { KubernetesObject } from './object.ts'
import { type ReflectorReport, startReflector } from './reflector.ts'
import { configMap, relayedCluster, soon } from './testing/cluster.ts'

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' }
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 60_000, interval: 50 })
const TIMING = { firstBackoffMs: 50, maxBackoffMs: 500 }

describeKubernetes('an API server of its own', () => {
  it('is found again after it was gone, with all that happened, and after etcd has forgotten what was', {
    timeout: 240_000,
  }, async () => {
    await using plane = await startControlPlane({ name: 'cluster-restart', controllers: 'none' })
    await using cluster = connectCluster({
      name: 'own',
      source: { kind: 'file', path: plane.kubeconfig },
    })
    const states: Reachability['state'][] = []
    await using _ = startHealth({
      cluster,
      onChange: ({ state }) => states.push(state),
      timing: { everyMs: 100, secondMs: 50 },
    })
    const { said, reports, ...watching } = watchConfigMaps(cluster)
    await using _reflector = watching.reflector
    await cluster.apply(configMap('default', 'a', '1'), soon())
    await until(() => expect(said).toContain('added a'))

    await plane.stopApiServer('kill')
    await until(() => expect(states).toEqual(['reachable', 'unreachable']))
    const refused = cluster.apply(configMap('default', 'b', '1'), soon())
    expect(isUnreachable(await refused.catch(error => error))).toBe(true)
    await plane.startApiServer()
    await until(() => expect(states).toEqual(['reachable', 'unreachable', 'reachable']))
    const b = await cluster.apply(configMap('default', 'b', '1'), soon())
    await until(() => expect(said).toContain('added b'))

    // A line that is cut while things happen of which etcd keeps no history.
    await using line = await relayedCluster(plane)
    const far = watchConfigMaps(behindGate(line.cluster))
    await using _far = far.reflector
    await until(() => expect(far.said).toContain('added b'))
    gate = Promise.withResolvers()
    line.relay.cut()
    await cluster.delete(
      { ...CONFIG_MAP, namespace: 'default', name: 'b' },
      b.metadata.uid ?? '',
      soon(),
    )
    await cluster.apply(configMap('default', 'c', '1'), soon())
    await compact(plane.pids().apiServer)
    await plane.restartApiServer()
    gate.resolve()
    await until(() => expect(far.said).toEqual(expect.arrayContaining(['added c', 'deleted b'])))
    expect(far.reports).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: 410 }) }),
    )
    expect(reports.filter(({ type }) => type === 'missed')).toEqual([])
  })

  let gate: PromiseWithResolvers<void> | undefined

  /** Opens no stream until the gate is open. */
  function behindGate(cluster: ClusterConnection): ClusterConnection {
    return {
      ...cluster,
      async *watch(kind, options) {
        await gate?.promise
        yield* cluster.watch(kind, options)
      },
    }
  }
})

function watchConfigMaps(cluster: ClusterConnection) {
  const said: string[] = []
  const reports: ReflectorReport[] = []
  const reflector = startReflector({
    cluster,
    kind: CONFIG_MAP,
    namespace: 'default',
    keep: ({ metadata }: KubernetesObject) => metadata.name,
    onChange: change =>
      said.push(`${change.type} ${change.type === 'deleted' ? change.before : change.after}`),
    onReport: report => reports.push(report),
    timing: TIMING,
  })
  return { reflector, said, reports }
}

/** Makes etcd forget all revisions but the newest, as it does by itself every five minutes. */
async function compact(apiServer: number | undefined): Promise<void> {
  const flags = readFileSync(`/proc/${apiServer}/cmdline`, 'utf8')
  const [, etcd] = /--etcd-servers=(\S+?)\0/.exec(flags) ?? []
  const call = async (path: string, body: object) =>
    await (
      await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })
    ).json()
  const { header } = (await call('range', { key: 'AA==' })) as { header: { revision: string } }
  await call('compaction', { revision: header.revision })
}
