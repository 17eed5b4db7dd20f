import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  LONG,
  namesOf,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const TENANT = 'tenant/ada'

describeHelm('spec.restore', () => {
  describeKubernetes('of a running tenant', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'restore' })
      await platform.startOperator()
      await platform.apply(regionNamed('de', { backup: platform.backup }), tenantNamed('ada'))
      await platform.untilReady('ada')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    const objects = async () => await platform.objectsOf('ada')
    const statusOf = async () => (await platform.see(TENANT))?.status?.restore
    const prepareJobs = async () =>
      namesOf(await objects()).filter(name => name.startsWith('Job prepare-'))
    const isRestoring = (pod: KubeObject) => pod.spec.initContainers !== undefined

    /** The pod of the database, as it is to restore what the status names. */
    async function restoringPod(id: string): Promise<KubeObject> {
      return await within(async () => {
        const pod = (await objects()).find(
          ({ kind, metadata }) => kind === 'Pod' && metadata.name === 'database-0',
        )
        const variables = pod?.spec.initContainers?.[0].env ?? []
        expect(variables).toContainEqual({ name: 'PLATEN_RESTORE_ID', value: id })
        return pod as KubeObject
      })
    }

    /** Asks for a restore, and waits until the pod is there that does it. */
    async function ask(to: string): Promise<string> {
      platform.de.nodes.decide(pod => (isRestoring(pod) ? 'unready' : 'ready'))
      await platform.patch(TENANT, { restore: { to } })
      const id = await within(async () => {
        const status = await statusOf()
        expect(status).toMatchObject({ state: 'Restoring' })
        return status.id as string
      })
      await platform.untilCondition('ada', 'DatabaseReady', 'False', /^Restoring/)
      await restoringPod(id)
      return id
    }

    /** As the kubelet reports the end of the container `restore`. */
    async function tell(message: string, exitCode: number): Promise<void> {
      const terminated = { exitCode, message, reason: 'Completed' }
      const initContainerStatuses = [
        {
          name: 'restore',
          image: 'x',
          imageID: 'x',
          ready: exitCode === 0,
          restartCount: 0,
          state: { terminated },
        },
      ]
      const patch = JSON.stringify({ status: { initContainerStatuses } })
      const pod = ['pod/database-0', '-n', 'tenant-ada', '--subresource=status']
      await platform.kubectl('patch', ...pod, '--type=merge', '-p', patch)
    }

    it(
      'ends ingest and API before the database is touched, and opens them when it is prepared anew',
      async () => {
        const before = await prepareJobs()
        const id = await ask('2026-11-29T06:53:45Z')
        const names = namesOf(await objects())
        expect(names.filter(name => /^Pod (ingest|api)-/.test(name))).toEqual([])
        await tell(`failed ${id} the store does not answer`, 1)
        const says = /^Restoring cannot restore: the store does not answer$/
        await platform.untilCondition('ada', 'DatabaseReady', 'False', says)

        await tell(`restored ${id}`, 0)
        platform.de.nodes.decide(() => 'ready')
        await platform.untilReady('ada')
        expect(await statusOf()).toMatchObject({ id, state: 'Restored' })
        const after = await prepareJobs()
        expect(after).toHaveLength(1)
        expect(after).not.toEqual(before)
      },
      LONG,
    )

    it(
      'that was carried out stays so when the volume is lost, and nobody begins it again',
      async () => {
        const to = '2026-11-29T06:53:46Z'
        const id = await ask(to)
        await tell(`restored ${id}`, 0)
        platform.de.nodes.decide(() => 'ready')
        await platform.untilReady('ada')
        platform.de.nodes.decide(pod => (isRestoring(pod) ? 'unready' : 'ready'))
        await platform.kubectl('delete', 'pod/database-0', '-n', 'tenant-ada', '--wait=false')
        await restoringPod(id)
        await tell(`refused ${id} it was carried out on a volume that is gone`, 65)
        const says = /^RestoreRefused cannot restore: it was carried out on a volume that is gone$/
        await platform.untilCondition('ada', 'DatabaseReady', 'False', says)
        await platform.touch(TENANT)
        await platform.untilQuiet()
        expect(await statusOf()).toMatchObject({ id, state: 'Restored' })
        const config = (await objects()).find(
          ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'backup',
        )
        expect(config?.data.restored).toBe(id)
      },
      LONG,
    )

    it(
      'that cannot be done is told, and all is opened with the data as it was',
      async () => {
        const id = await ask('2001-01-01T00:00:00Z')
        await tell(`refused ${id} the oldest backup ended later`, 0)
        platform.de.nodes.decide(() => 'ready')
        const says = /^RestoreRefused cannot restore: the oldest backup ended later$/
        await platform.untilCondition('ada', 'DatabaseReady', 'False', says)
        await platform.untilCondition('ada', 'IngestReady', 'True', /^Ready/)
        await platform.untilCondition('ada', 'ApiReady', 'True', /^Ready/)
        expect(await statusOf()).toMatchObject({ id, state: 'Refused' })

        await platform.patch(TENANT, { restore: null })
        await platform.untilReady('ada')
        expect(await statusOf()).toBeUndefined()
      },
      LONG,
    )
  })
})
