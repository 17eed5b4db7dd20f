import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BRIDGE } from '../cluster/clusters.ts'
import { record } from './evidence/evidence.ts'
import type { Outcome } from './network/connect.ts'
import { isDrawn } from './network/drawn.ts'
import {
  INHABITANTS,
  OUTSIDE_PORT,
  operatorsOn,
  type Party,
  speakersOn,
  surroundingsOf,
} from './network/parties.ts'
import { tryFrom } from './network/try-from-pod.ts'
import { openPlatform } from './platform.ts'

interface Row {
  from: string
  to: string
  port: number
  expected: 'open' | 'closed'
  seen: Outcome
}

const platform = openPlatform()

async function tryAll(from: Party, to: Party[]): Promise<Row[]> {
  const attempts = to.flatMap(party => party.ports.map(target => ({ party, target })))
  const seen = await tryFrom(
    from.pod,
    attempts.map(({ target }) => target),
  )
  return attempts.map(({ party, target }, index) => ({
    from: from.name,
    to: party.name,
    port: target.port,
    expected: isDrawn(from, party, target.port) ? 'open' : 'closed',
    seen: seen[index] as Outcome,
  }))
}

/** Pods are reached in their own cluster only, and a pod always reaches itself. */
function near(from: Party, parties: Party[]): Party[] {
  return parties.filter(
    ({ name, cluster }) => cluster.name === from.cluster.name && name !== from.name,
  )
}

function expectEverybody(parties: Party[]): void {
  const names = new Set(parties.map(({ name }) => name))
  const missing = INHABITANTS.filter(name => !names.has(name))
  const message = `without a pod that runs: ${missing.join(', ') || 'nobody'}`
  expect([...names].toSorted(), message).toEqual(INHABITANTS.toSorted())
}

describe('isolation between pods that run', () => {
  let outside: Server
  beforeAll(async () => {
    outside = createServer(socket => socket.end())
    await new Promise<void>(resolve => outside.listen(OUTSIDE_PORT, BRIDGE.address, resolve))
  })
  afterAll(() => void outside.close())

  it('opens the ways that are drawn, and no other', { timeout: 300_000 }, async () => {
    const speakers = await speakersOn(platform)
    const parties = [...speakers, ...(await operatorsOn(platform))]
    expectEverybody(parties)
    const rows: Row[] = []
    for (const from of speakers) {
      rows.push(...(await tryAll(from, [...near(from, parties), ...surroundingsOf(from.cluster)])))
    }

    record({
      section: 'Isolation',
      reason:
        'A tenant is alone: between its parts only what the design draws, and nothing to another tenant, the operator, the Kubernetes API, the node, the other cluster, or the world. Each row is a TCP connection out of the network namespace of a pod that runs.',
      command: 'npm run test:e2e -- isolation',
      table: [
        ['from', 'to', 'port', 'expected', 'seen'],
        ...rows.map(({ from, to, port, expected, seen }) => [from, to, `${port}`, expected, seen]),
      ],
      notes: [
        "A database writes its backups to the object store of its own region, at the address of that cluster's node.",
        "A monitor stands for a customer's site, which is outside of the platform: its chart opens 443 and 5222 to anywhere, so that it reaches every load balancer and every object store as anybody in the world does. What it is told there is another matter (Credentials at another tenant).",
      ],
    })
    expect(rows.filter(isWrong)).toEqual([])
  })
})

/** A connection that is refused got through; only silence is a closed way. */
function isWrong({ expected, seen }: Row): boolean {
  return seen !== (expected === 'open' ? 'open' : 'silent')
}
