import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { createLease, type LeaseOptions, microTime } from './lease.ts'
import { soon, type TestCluster, testCluster } from './testing/cluster.ts'

const TIMING = { durationMs: 3000, deadlineMs: 2000, everyMs: 200 }

it('writes six digits of a second, the only ones that the server takes', () => {
  expect(microTime(new Date(0))).toBe('1970-01-01T00:00:00.000000Z')
})

describeKubernetes('a lease', () => {
  let test: TestCluster
  beforeAll(async () => {
    test = await testCluster()
  })
  afterAll(() => test.cluster[Symbol.asyncDispose]())

  const until = (condition: () => void) => vi.waitFor(condition, { timeout: 20_000, interval: 10 })

  /** A process that wants to lead; what it does is written to a log that all of them share. */
  function candidate(lease: string, who: string, log: string[], options: Candidate = {}) {
    const stop = new AbortController()
    const { cluster = test.cluster, stopMs = 0, ...more } = options
    const it = createLease({
      cluster,
      namespace: test.namespace,
      name: lease,
      identity: who,
      timing: TIMING,
      ...more,
    })
    const ended = it.run(async signal => {
      log.push(`${who} leads`)
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      log.push(`${who} stops`)
      await new Promise(resolve => setTimeout(resolve, stopMs))
      log.push(`${who} is done`)
    }, stop.signal)
    return {
      lease: it,
      async stop() {
        stop.abort()
        await ended
      },
    }
  }

  interface Candidate extends Partial<LeaseOptions> {
    /** How long its work takes to end. */
    stopMs?: number
  }

  /** The API server, until the way to it is lost for one process. */
  function losable() {
    let isLost = false
    const hang =
      <A extends [...never[]], B>(call: (...args: A) => Promise<B>) =>
      (...args: A) =>
        isLost ? new Promise<B>(() => {}) : call(...args)
    const { get, create, replace } = test.cluster
    return {
      cluster: { get: hang(get), create: hang(create), replace: hang(replace) },
      lose: () => {
        isLost = true
      },
    }
  }

  it('has one holder, who hands it over when it is done, and not before', async () => {
    const log: string[] = []
    const a = candidate('two', 'a', log, { stopMs: 4000 })
    await until(() => expect(log).toEqual(['a leads']))
    const b = candidate('two', 'b', log)
    await until(() => expect(b.lease.hasLeader).toBe(true))
    expect(b.lease.isLeading).toBe(false)
    await a.stop()
    await until(() => expect(log.at(-1)).toBe('b leads'))
    expect(log).toEqual(['a leads', 'a stops', 'a is done', 'b leads'])
    await b.stop()
    const record = await test.access.kubectl([
      'get',
      'lease',
      'two',
      '-n',
      test.namespace,
      '-o=jsonpath={.spec.holderIdentity}',
    ])
    expect(record).toBe('')
  })

  it('of several who come at once one leads', async () => {
    const log: string[] = []
    const all = ['a', 'b', 'c', 'd'].map(who => candidate('many', who, log))
    await until(() => expect(all.every(({ lease }) => lease.hasLeader)).toBe(true))
    expect(log).toHaveLength(1)
    expect(all.filter(({ lease }) => lease.isLeading)).toHaveLength(1)
    await Promise.all(all.map(each => each.stop()))
  })

  it('a holder that loses the API server stops before anybody else can lead', async () => {
    const log: string[] = []
    const way = losable()
    const a = candidate('lost', 'a', log, { cluster: way.cluster })
    await until(() => expect(log).toEqual(['a leads']))
    const b = candidate('lost', 'b', log)
    await until(() => expect(b.lease.hasLeader).toBe(true))
    way.lose()
    await until(() => expect(log).toContain('b leads'))
    expect(log).toEqual(['a leads', 'a stops', 'a is done', 'b leads'])
    expect(a.lease.isLeading).toBe(false)
    await b.stop()
  })

  it('a killed holder is followed after the lease has run out, whatever the clocks say', async () => {
    const log: string[] = []
    const clock = (hours: number) => ({
      monotonic: () => performance.now() + hours * 1e9,
      date: () => new Date(Date.now() + hours * 3_600_000),
      after(milliseconds: number, call: () => void) {
        const timer = setTimeout(call, milliseconds)
        return () => clearTimeout(timer)
      },
    })
    const way = losable()
    const a = candidate('killed', 'a', log, { cluster: way.cluster, clock: clock(-5) })
    await until(() => expect(log).toEqual(['a leads']))
    const b = candidate('killed', 'b', log, { clock: clock(+5) })
    await until(() => expect(b.lease.hasLeader).toBe(true))
    const renewals = 10
    await new Promise(resolve => setTimeout(resolve, TIMING.everyMs * renewals))
    expect(log).toEqual(['a leads'])
    const killedAt = performance.now()
    way.lose()
    await until(() => expect(log).toContain('b leads'))
    expect(performance.now() - killedAt).toBeGreaterThan(TIMING.durationMs - 2 * TIMING.everyMs)
    void a
    await b.stop()
  })

  it('goes on leading when somebody else writes a label onto the record', async () => {
    const log: string[] = []
    const a = candidate('label', 'a', log)
    await until(() => expect(log).toEqual(['a leads']))
    await test.access.kubectl(['label', 'lease/label', '-n', test.namespace, 'theirs=yes'])
    const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: test.namespace }
    const before = await test.cluster.get({ ...ref, name: 'label' }, soon())
    await vi.waitFor(
      async () => {
        const after = await test.cluster.get({ ...ref, name: 'label' }, soon())
        expect(after?.spec).not.toEqual(before?.spec)
      },
      { timeout: 10_000 },
    )
    expect(log).toEqual(['a leads'])
    await a.stop()
  })

  it('stops at once when somebody took the lease away', async () => {
    const log: string[] = []
    const a = candidate('taken', 'a', log)
    await until(() => expect(log).toEqual(['a leads']))
    const patch = JSON.stringify({ spec: { holderIdentity: 'them' } })
    await test.access.kubectl([
      'patch',
      'lease/taken',
      '-n',
      test.namespace,
      '--type=merge',
      `--patch=${patch}`,
    ])
    await until(() => expect(log).toEqual(['a leads', 'a stops', 'a is done']))
    expect(a.lease.hasLeader).toBe(true)
    await a.stop()
  })

  it('passes on why leading failed, and releases the lease', async () => {
    const name = 'fails'
    const it = createLease({
      cluster: test.cluster,
      namespace: test.namespace,
      name,
      identity: 'a',
      timing: TIMING,
    })
    const failure = new Error('cannot lead')
    const run = it.run(() => Promise.reject(failure), soon().signal)
    await expect(run).rejects.toBe(failure)
    expect(it.isLeading).toBe(false)
    expect(it.hasLeader).toBe(false)
  })
})
