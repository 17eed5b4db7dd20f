import { setTimeout as wait } from 'node:timers/promises'
import {
  type Credentials,
  openSession,
  type SharedSockets,
  SnmpError,
  type SnmpSession,
} from '../snmp/index.ts'
import { countHosts, hosts, type Network } from './networks.ts'
import { askForEvidence, isPrinter } from './recognise.ts'

/** A printer that answered. */
export interface Found {
  address: string
  /** Those of the given ones that it answers to. */
  credentials: Credentials
}

export interface Sweep {
  sockets: SharedSockets
  networks: readonly Network[]
  /** UDP port of the agents, usually 161. */
  port: number
  /** Tried on every address, the preferred first. */
  credentials: readonly Credentials[]
  /** Told after every address. */
  onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** Addresses done, of all. */
  done: number
  addresses: number
  /** Of those done: agents that answered, and printers among them. */
  agents: number
  printers: number
}

// A switch between us and the printers must look up every address (ARP): 500 new ones a second do not hurt it.
const AT_ONCE = 256
const BURST = 10
const BURST_MILLISECONDS = 20
// Printers that wake up take seconds.
const PROBE = { timeout: 2_000, retries: 1, lifetime: 20_000, fallsBack: false }

/**
 * Asks every address of the networks, and gives each printer as soon as it is known. Other devices, and what answers
 * nonsense, are passed over. Ends early, with the signal's reason, when that is aborted; nothing goes on behind it.
 */
export async function* sweep(plan: Sweep, signal: AbortSignal): AsyncGenerator<Found> {
  const stop = new AbortController()
  const probes = startProbes(plan, AbortSignal.any([signal, stop.signal]))
  try {
    for (const address of hosts(plan.networks)) {
      signal.throwIfAborted()
      await probes.start(address)
      yield* probes.take()
    }
    while (probes.running.size > 0) {
      await Promise.race(probes.running)
      signal.throwIfAborted()
      yield* probes.take()
    }
    yield* probes.take()
  } finally {
    stop.abort()
    await Promise.allSettled(probes.running)
  }
}

function startProbes(plan: Sweep, signal: AbortSignal) {
  const progress = { done: 0, addresses: countHosts(plan.networks), agents: 0, printers: 0 }
  const running = new Set<Promise<void>>()
  const found: Found[] = []
  let started = 0

  async function probe(address: string): Promise<void> {
    const seen = await identify(plan, address, signal)
    progress.done++
    if (seen) progress.agents++
    if (seen?.isPrinter) {
      progress.printers++
      found.push({ address, credentials: seen.credentials })
    }
    plan.onProgress?.({ ...progress })
  }

  return {
    running,
    /** Starts one more, when it is time and there is room for it. */
    async start(address: string): Promise<void> {
      if (started > 0 && started % BURST === 0) await wait(BURST_MILLISECONDS)
      if (running.size >= AT_ONCE) await Promise.race(running)
      started++
      const probing = probe(address).finally(() => running.delete(probing))
      running.add(probing)
    },
    /** Those found since it was asked last. */
    take: () => found.splice(0),
  }
}

interface Seen {
  credentials: Credentials
  isPrinter: boolean
}

/** By all credentials at once, as a silent address costs the time of all; the first that is answered counts. */
async function identify(
  plan: Sweep,
  address: string,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  if (signal.aborted) return undefined
  const sessions = plan.credentials
    .flatMap(versions)
    .map(credentials => openSession(plan.sockets, { address, port: plan.port }, credentials, PROBE))
  const close = () => {
    for (const session of sessions) session.close()
  }
  signal.addEventListener('abort', close, { once: true })
  const answers = sessions.map(look)
  try {
    for (const answer of answers) {
      const seen = await answer
      if (seen) return seen
    }
    return undefined
  } finally {
    signal.removeEventListener('abort', close)
    close()
    await Promise.allSettled(answers)
  }
}

/** An agent that does not know v2c is silent to it, so v1 is tried beside it. */
function versions(credentials: Credentials): Credentials[] {
  if (credentials.version !== 'v2c') return [credentials]
  return [credentials, { ...credentials, version: 'v1' }]
}

async function look(session: SnmpSession): Promise<Seen | undefined> {
  try {
    const rows = await askForEvidence(session)
    return { credentials: session.credentials, isPrinter: isPrinter(rows) }
  } catch (error) {
    if (error instanceof SnmpError) return undefined
    throw error
  }
}
