import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SnmpError } from './error.ts'
import { get } from './get.ts'
import { compareOids, isWithin } from './oid.ts'
import type { SnmpValue } from './value.ts'
import { walk } from './walk.ts'
import type { Binding, Wire } from './wire.ts'

const A = '1.3.6.1.2.1.43.11.1.1.6'
const B = '1.3.6.1.2.1.43.11.1.1.9'

interface Agent extends Wire {
  requests: { oids: readonly string[]; repetitions: number }[]
}

/** An agent in memory; `most` is how many objects fit its answer. */
function agentWith(table: Record<string, SnmpValue>, most = 1000): Agent {
  const oids = Object.keys(table).sort(compareOids)
  const after = (oid: string): Binding => {
    const next = oids.find(each => compareOids(each, oid) > 0)
    const value = next && table[next]
    return next === undefined || value === undefined
      ? { oid, isMissing: true }
      : { oid: next, value }
  }
  const requests: Agent['requests'] = []
  return {
    requests,
    get: async asked =>
      asked.map(oid => (oid in table ? { oid, value: table[oid] ?? 0 } : { oid, isMissing: true })),
    next: async (asked, repetitions) => {
      requests.push({ oids: asked, repetitions })
      let row = [...asked]
      const answer: Binding[] = []
      for (let round = 0; round < repetitions; round++) {
        const found = row.map(after)
        answer.push(...found)
        row = found.map(({ oid }) => oid)
      }
      return answer.slice(0, most)
    },
    close: () => {},
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof SnmpError ? error.code : error),
  )

describe('walk', () => {
  it('brings exactly what is below its columns, several columns in one request', async () => {
    const agent = agentWith({
      [`${A}.1.1`]: 1,
      [`${A}.1.2`]: 2,
      [`${A.slice(0, -1)}7.1.1`]: 3,
      [`${B}.1.1`]: 4,
      '1.3.6.1.2.1.44.1.0': 5,
    })
    expect([...(await walk(agent, [A, B]))].sort()).toEqual([
      [`${A}.1.1`, 1],
      [`${A}.1.2`, 2],
      [`${B}.1.1`, 4],
    ])
    expect(agent.requests).toHaveLength(1)
  })

  it('takes no column for another whose number begins with the same digits', async () => {
    const agent = agentWith({ [`${A}1.1.1`]: 1 })
    expect((await walk(agent, [A])).size).toBe(0)
  })

  it('goes on behind an answer that was cut short, as agents with small buffers do', async () => {
    const table = Object.fromEntries(
      Array.from({ length: 60 }, (_, row) => [`${row % 2 ? A : B}.1.${row + 1}`, row]),
    )
    expect(Object.fromEntries(await walk(agentWith(table, 5), [A, B]))).toEqual(table)
  })

  it('finds the same rows in any agent, whatever it answers at a time', async () => {
    const row = fc.tuple(fc.constantFrom(A, B, `${A}0`, '1.3.6.1'), fc.integer({ min: 0, max: 99 }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 80 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, most) => {
          const table = Object.fromEntries(rows.map(([base, index]) => [`${base}.${index}`, index]))
          const wanted = Object.entries(table).filter(
            ([oid]) => isWithin(A, oid) || isWithin(B, oid),
          )
          expect(Object.fromEntries(await walk(agentWith(table, most), [A, B]))).toEqual(
            Object.fromEntries(wanted),
          )
        },
      ),
    )
  })

  it('goes on behind a cell that it cannot read, which is no end of the table', async () => {
    const cells: Binding[] = [
      { oid: `${A}.1.1`, value: 1 },
      { oid: `${A}.1.2` },
      { oid: `${A}.1.3`, value: 3 },
      { oid: `${A}.1.3`, isMissing: true },
    ]
    const odd: Wire = { ...agentWith({}), next: async () => cells.splice(0, 1) }
    expect([...(await walk(odd, [A])).values()]).toEqual([1, 3])
  })

  it('takes for the end of a table what some agents say there: NULL under the identifier that was asked', async () => {
    const cells: Binding[] = [{ oid: `${A}.1.1`, value: 1 }, { oid: `${A}.1.1` }]
    const odd: Wire = { ...agentWith({}), next: async () => cells.splice(0, 1) }
    expect((await walk(odd, [A])).size).toBe(1)
  })

  it('refuses rows that do not rise, which would never end', async () => {
    const looping: Wire = { ...agentWith({}), next: async () => [{ oid: `${A}.1.1`, value: 1 }] }
    expect(await codeOf(walk(looping, [A]))).toBe('endless')
  })

  it.each([
    { name: 'rows', bounds: { rows: 100, bytes: 1e9 } },
    { name: 'bytes', bounds: { rows: 1e9, bytes: 10_000 } },
  ])('refuses a table without an end by its bound of $name', async ({ bounds }) => {
    let last = 0
    const endless: Wire = {
      ...agentWith({}),
      next: async () => [{ oid: `${A}.1.${++last}`, value: 1 }],
    }
    expect(await codeOf(walk(endless, [A], bounds))).toBe('endless')
    expect(last).toBeLessThan(1_000)
  })

  it('refuses an empty answer, which brings it no further', async () => {
    const empty: Wire = { ...agentWith({}), next: async () => [] }
    expect(await codeOf(walk(empty, [A]))).toBe('invalid')
  })

  it('asks for less when the answer does not fit, and finds everything', async () => {
    const agent = agentWith({ [`${A}.1.1`]: 1, [`${A}.1.2`]: 2, [`${B}.1.1`]: 3 })
    const small: Wire = {
      ...agent,
      next: async (oids, repetitions) => {
        if (oids.length * repetitions > 4) throw new SnmpError('too-big', 'too big')
        return agent.next(oids, repetitions)
      },
    }
    expect((await walk(small, [A, B])).size).toBe(3)
  })

  it('asks a device for less that answers but falls silent when the answer is long, before it gives up', async () => {
    const table = Object.fromEntries(
      Array.from({ length: 30 }, (_, row) => [`${A}.1.${row + 1}`, row]),
    )
    const agent = agentWith(table, 10)
    let asked = 0
    const lossy: Wire = {
      ...agent,
      next: async (oids, repetitions) => {
        if (++asked > 1 && oids.length * repetitions > 8)
          throw new SnmpError('timeout', 'no answer')
        return agent.next(oids, repetitions)
      },
    }
    expect(Object.fromEntries(await walk(lossy, [A]))).toEqual(table)
    const silent: Wire = {
      ...agent,
      next: () => Promise.reject(new SnmpError('timeout', 'no answer')),
    }
    expect(await codeOf(walk(silent, [A]))).toBe('timeout')
  })

  it('ends one column where an agent of v1 refuses the request because of it, and reads the others', async () => {
    const agent = agentWith({ [`${A}.1.1`]: 1, [`${B}.1.1`]: 2, [`${B}.1.2`]: 3 })
    const v1: Wire = {
      ...agent,
      next: async oids => {
        const answer = await agent.next(oids, 1)
        const ended = answer.find(({ value }) => value === undefined)
        if (ended) throw new SnmpError('refused', 'no such name', { oid: ended.oid })
        return answer
      },
    }
    expect((await walk(v1, [A, B])).size).toBe(3)
  })

  it('reads everything from an agent that refuses without saying why, one column at a time', async () => {
    const agent = agentWith({ [`${A}.1.1`]: 1, [`${B}.1.1`]: 2 })
    const terse: Wire = {
      ...agent,
      next: async oids => {
        const answer = await agent.next(oids, 1)
        if (answer.some(({ value }) => value === undefined)) throw new SnmpError('refused', 'no')
        return answer
      },
    }
    expect((await walk(terse, [A, B])).size).toBe(2)
  })
})

describe('get', () => {
  const oids = Array.from({ length: 30 }, (_, at) => `1.3.6.1.4.1.${at + 1}.1.0`)
  const table = Object.fromEntries(oids.filter((_, at) => at % 3 === 0).map(oid => [oid, 7]))

  it('leaves out what the agent does not have', async () => {
    expect(Object.fromEntries(await get(agentWith(table), oids))).toEqual(table)
  })

  it.each([
    { name: 'names the object', offender: (missing: string) => ({ oid: missing }) },
    { name: 'does not say which', offender: () => ({}) },
  ])(
    'reads what there is from an agent of v1 that refuses the whole request and $name',
    async ({ offender }) => {
      const v1: Wire = {
        ...agentWith({}),
        get: async asked => {
          const missing = asked.find(oid => !(oid in table))
          if (missing) throw new SnmpError('refused', 'no such name', offender(missing))
          return asked.map(oid => ({ oid, value: table[oid] ?? 0 }))
        },
      }
      expect(Object.fromEntries(await get(v1, oids))).toEqual(table)
    },
  )

  it('believes no value that it did not ask for', async () => {
    const liar: Wire = {
      ...agentWith({}),
      get: async () => [{ oid: '1.3.6.1.4.1.9.9.0', value: 1 }],
    }
    expect((await get(liar, ['1.3.6.1.4.1.1.1.0'])).size).toBe(0)
  })
})
