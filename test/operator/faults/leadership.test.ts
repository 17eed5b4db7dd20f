import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { until } from '../../faults/until.ts'
import { describeHelm, describeKubernetes } from '../../kubernetes/index.ts'
import { type Platform, regionNamed, startPlatform, tenantNamed } from '../support/index.ts'
import { type Replica, startReplica } from './crew.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 240_000 }) // A lease runs out after 15 s.

/** operator/cluster/lease.ts: the duration, and two looks at it. */
const LEASE_MS = 15_000 + 2 * 2_400
/** For a machine that is busy with other tests. */
const BUSY_MS = 15_000

describeHelm('several operators', () => {
  describeKubernetes('on one API server', () => {
    let platform: Platform
    let leader: Replica
    let waiting: Replica
    let replicas = 0
    const all: Replica[] = []
    beforeAll(async () => {
      platform = await startPlatform({ name: 'leadership' })
      leader = await start()
      await leads(leader)
      await platform.apply(regionNamed('de'), tenantNamed('acme'), tenantNamed('beta'))
      await platform.untilReady('acme', 'beta')
    })
    afterAll(async () => {
      for (const { process } of all) await process[Symbol.asyncDispose]()
      await platform?.[Symbol.asyncDispose]()
    })

    it('do not work both: one leads, the other one waits, is ready and writes nothing', async () => {
      waiting = await start()
      await until('the one that waits is ready', async () => (await waiting.isReady()) || undefined)
      await repaired('acme')
      expect(await writesOf(waiting)).toEqual([])
      expect(isLeading(waiting)).toBe(false)
    })

    it('go on when the leader is killed: the other one leads as soon as the lease has run out', async () => {
      const [killed, heir] = [leader, waiting]
      killed.process.kill('SIGKILL')
      await killed.process.exited
      const tookMs = await timed(() => leads(heir))
      tell(`after SIGKILL the other one leads in ${tookMs} ms`)
      expect(tookMs).toBeLessThan(LEASE_MS + BUSY_MS)
      await repaired('acme')
      leader = heir
    })

    it('never write both: a leader that slept beyond its lease writes nothing when it wakes', async () => {
      waiting = await start()
      await until('it is ready', async () => (await waiting.isReady()) || undefined)
      const [asleep, heir] = [leader, waiting]
      asleep.process.kill('SIGSTOP')
      await leads(heir)
      const ledAt = await renewedFirstBy(heir)
      // What it finds in its sockets when it wakes: as much to repair as can be.
      for (let round = 0; round < 5; round++)
        await Promise.all([repaired('acme'), repaired('beta')])
      asleep.process.kill('SIGCONT')
      for (let round = 0; round < 5; round++)
        await Promise.all([repaired('acme'), repaired('beta')])
      await until('it knows that it leads no longer', () => stopped(asleep) || undefined)
      await until('it is ready to wait again', async () => (await asleep.isReady()) || undefined)
      const late = (await writesOf(asleep)).filter(({ at }) => at > ledAt)
      expect(late).toEqual([])
      expect(asleep.process.log.filter(({ level }) => level === 'fatal')).toEqual([])
      leader = heir
      waiting = asleep
    })

    it('hand over at once when the leader is stopped in good order', async () => {
      leader.process.kill('SIGTERM')
      const tookMs = await timed(() => leads(waiting, 2))
      expect(await leader.process.exited).toBe(0)
      tell(`after SIGTERM the other one leads in ${tookMs} ms`)
      expect(tookMs).toBeLessThan(10_000)
      await repaired('beta')
    })

    async function start(): Promise<Replica> {
      replicas += 1
      const replica = await startReplica(platform, `replica-${replicas}`)
      all.push(replica)
      return replica
    }

    const times = ({ process }: Replica, message: string) =>
      process.log.filter(({ msg }) => msg === message).length
    const isLeading = (replica: Replica) =>
      times(replica, 'leads') > times(replica, 'leads no longer')
    const stopped = (replica: Replica) => times(replica, 'leads no longer') > 0
    const leads = (replica: Replica, count = 1) =>
      until('it leads', () => times(replica, 'leads') >= count || undefined)

    async function writesOf({ credential }: Replica) {
      return (await platform.auditedWrites()).filter(one => one.credential === credential)
    }

    /** When the lease became its own, by the API server's clock. */
    async function renewedFirstBy({ credential }: Replica): Promise<number> {
      const requests = await platform.de.plane.requests()
      const [first] = requests.filter(
        one =>
          one.resource === 'leases' &&
          one.credential === credential &&
          one.verb === 'update' &&
          one.code === 200,
      )
      if (!first) throw new Error('it never took the lease')
      return first.at
    }

    /** Deletes a Service and waits until it is there again. */
    async function repaired(tenant: string): Promise<void> {
      const { rest } = platform.de.plane
      const path = `/api/v1/namespaces/tenant-${tenant}/services/api`
      const before = await rest.call('GET', path)
      await rest.call('DELETE', path)
      await until(`the Service of ${tenant} is there again`, async () => {
        const found = await rest.call('GET', path).catch(() => undefined)
        return found?.metadata.uid !== before.metadata.uid ? found : undefined
      })
    }
  })
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return Math.round(performance.now() - begun)
}

const tell = (line: string) => process.stderr.write(`${line}\n`)
