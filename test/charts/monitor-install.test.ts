import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { helm, MONITOR_CHART, setsOf } from './chart.ts'
import { CASES, ENROLLED, render, type Values } from './monitor-values.ts'

describeHelm('helm', () => {
  describeKubernetes('on an API server, with charts/platen-monitor', () => {
    const NAMESPACE = 'charts-monitor-test'
    let cluster: ClusterAccess
    beforeAll(async () => {
      cluster = await sharedControlPlane()
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
      const metadata = { name: NAMESPACE, labels }
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata }
      await cluster.kubectl(['apply', '-f', '-'], { input: [namespace] })
    })
    afterAll(async () => {
      await cluster?.rest.call('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    })

    it.each(CASES)('is taken strictly, when $why', async ({ values }) => {
      await cluster.kubectl(
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
        { input: await render(values, { namespace: NAMESPACE }) },
      )
    })

    it('installs, upgrades, uninstalls and installs again on the same claim', async () => {
      expect(await run('install', ENROLLED)).toContain('enrols at https://acme.de.example.com')
      const claim = await read('persistentvolumeclaims', 'monitor')
      // Made by the StatefulSet's controller: Pod Security restricted has let it in.
      const first = await podAfter('')

      await run('upgrade', ENROLLED)
      expect(await read('statefulsets', 'monitor')).toMatchObject({ metadata: { generation: 1 } })

      // The pod has not become ready, as with a wrong code: what corrects it must reach it all the same.
      const enrol = { ...ENROLLED.enrol, code: 'another' }
      await run('upgrade', { ...ENROLLED, enrol, pollSeconds: 60 })
      const second = await podAfter(first.metadata.uid)
      const polls = ({ name }: KubeObject) => name === 'PLATEN_POLL_SECONDS'
      expect(second.spec.containers[0].env.find(polls).value).toBe('60')
      expect(await read('statefulsets', 'monitor')).toMatchObject({ metadata: { generation: 2 } })

      const said = await helm('uninstall', 'monitor', ...at())
      expect(said).toMatch(
        /kept due to the resource policy[\s\S]*\[PersistentVolumeClaim\] monitor/,
      )
      await expect.poll(pods, { timeout: 60_000 }).toEqual([])
      await run('install', ENROLLED)
      const { metadata } = await read('persistentvolumeclaims', 'monitor')
      expect(metadata).toMatchObject({ uid: claim.metadata.uid })
      expect(metadata.deletionTimestamp).toBeUndefined()
      const third = await podAfter(second.metadata.uid)
      expect(third.spec.volumes).toContainEqual({
        name: 'data',
        persistentVolumeClaim: { claimName: 'monitor' },
      })
    })

    const at = () => ['--namespace', NAMESPACE, '--kubeconfig', cluster.kubeconfig]

    const run = (action: 'install' | 'upgrade', values: Values) =>
      helm(action, 'monitor', MONITOR_CHART, ...at(), ...setsOf(values))

    function read(resource: string, name: string): Promise<KubeObject> {
      const group = resource === 'statefulsets' ? '/apis/apps/v1' : '/api/v1'
      return cluster.rest.call('GET', `${group}/namespaces/${NAMESPACE}/${resource}/${name}`)
    }

    async function pods(): Promise<KubeObject[]> {
      const { items } = await cluster.rest.call('GET', `/api/v1/namespaces/${NAMESPACE}/pods`)
      return items
    }

    /** The pod that has come after the one with that uid. */
    async function podAfter(uid: string): Promise<KubeObject> {
      const isThere = async () => {
        const [pod, ...others] = await pods()
        return others.length === 0 && pod !== undefined && pod.metadata.uid !== uid
      }
      await expect.poll(isThere, { timeout: 60_000 }).toBe(true)
      return await read('pods', 'monitor-0')
    }
  })
})
