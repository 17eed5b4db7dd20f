import { type AgentOptions, type Endpoint, listen, makeAgent, type Responder } from './agent.ts'
import { type Fault, makeFaultyAgent } from './faults.ts'
import { type Device, MOST_DEVICES, makeDevice } from './identity.ts'
import { type State, stateOf } from './life.ts'
import { loadRecordings, type Recording } from './recording.ts'
import { rowsOf } from './rows.ts'
import { makeTable, type Row, type Table } from './table.ts'

export interface FleetOptions {
  /** Simulated printers, one model of each vendor in turn. */
  devices: number
  /** Directory: each `walk.snmprec` below it is a printer of its own, besides the simulated ones. */
  recordings?: string
  /** Further devices that behave wrongly, one for each. */
  faults?: readonly Fault[]
  /** UDP port of all of them; 0, the default, takes one that is free. */
  port?: number
  /** First two octets of the addresses. */
  network?: string
  /** The only device's address, instead of one in the network: that of a pod, which is one printer. */
  address?: string
  /** Number of the first device; 0, when it is not set. Fleets of one seed whose numbers differ have no device twice. */
  first?: number
  community?: string
  /** The same seed makes the same devices. */
  seed?: number
  /** Simulated seconds in one second; 0 holds every device as it was at the start of its simulated time. */
  speed?: number
  /** Milliseconds since 1970. */
  now?: () => number
}

export interface SimulatedDevice {
  address: string
  device: Device
  /** What is true of it now, and the rows it answers with. */
  state(): State
  rows(): Row[]
}

export interface Fleet extends AsyncDisposable {
  port: number
  /** Of every device that answers rightly. */
  addresses: string[]
  /** CIDR blocks that hold all the addresses: what to sweep. */
  networks: string[]
  devices: SimulatedDevice[]
  recordings: { address: string; recording: Recording }[]
  faulty: { address: string; fault: Fault }[]
  /** SETs that were seen, and refused. The product never sends one. */
  readonly sets: number
  stop(): Promise<void>
}

const DEFAULT_NETWORK = '127.66'
/** Addresses used of each /24. */
const BLOCK = 254
/** Begin of the simulated time: a fleet that is started again goes on counting. */
const EPOCH = Date.UTC(2026, 10, 1)
/** A device's rows are made anew after so long, and are kept for so many devices at a time. */
const KEEP_MS = 1000
const KEEP_TABLES = 2000
/** Tries to find one port that is free on all addresses. */
const PORT_TRIES = 5

interface Host {
  address: string
  responder: Responder
}

/**
 * Starts simulated and recorded printers, each on an address of its own in 127.0.0.0/8. All of them or none: rejects
 * with one sentence when a recording is wrong, a port is taken or the network is too small.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const recorded = options.recordings ? await loadRecordings(options.recordings) : []
  const seen = { sets: 0 }
  const agent = { community: options.community ?? 'public', onSet: () => seen.sets++ }
  const plan = planAddresses(options, recorded)
  const simulated = simulate(options, [...plan.devices, ...plan.faulty])
  const devices = simulated.slice(0, plan.devices.length)

  const hosts: Host[] = simulated.map((one, at) => {
    const fault = options.faults?.[at - devices.length]
    const agentOptions: AgentOptions = { ...agent, table: one.table }
    const responder = fault ? makeFaultyAgent(fault, agentOptions) : makeAgent(agentOptions)
    return { address: one.address, responder }
  })
  const recordings = recorded.map((recording, at) => ({
    address: plan.recordings[at] ?? '',
    recording,
  }))
  for (const { address, recording } of recordings) {
    hosts.push({ address, responder: makeAgent({ ...agent, table: () => recording.table }) })
  }

  const endpoints = await listenAll(hosts, options.port ?? 0)
  const stop = async () => {
    await Promise.all(endpoints.splice(0).map(endpoint => endpoint.close()))
  }
  return {
    port: endpoints[0]?.port ?? 0,
    addresses: [...plan.devices, ...plan.recordings],
    networks: plan.networks,
    devices,
    recordings,
    faulty: (options.faults ?? []).map((fault, at) => ({ address: plan.faulty[at] ?? '', fault })),
    get sets() {
      return seen.sets
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Simulated devices from the start of the network on; recordings from the next /24 on. */
function planAddresses(options: FleetOptions, recorded: readonly Recording[]) {
  if (options.address !== undefined) return planOne(options, options.address, recorded)
  const network = options.network ?? DEFAULT_NETWORK
  const faulty = options.faults?.length ?? 0
  const simulatedBlocks = Math.ceil((options.devices + faulty) / BLOCK)
  const blocks = simulatedBlocks + Math.ceil(recorded.length / BLOCK)
  if (blocks === 0) throw new Error('cannot start a fleet: it has no device; ask for one or more')
  if (blocks > 256 || (options.first ?? 0) + options.devices + faulty > MOST_DEVICES) {
    throw new Error(`cannot start a fleet: ${network}.0.0/16 is too small; ask for fewer devices`)
  }
  const addressOf = (n: number) => `${network}.${Math.floor(n / BLOCK)}.${(n % BLOCK) + 1}`
  const simulated = Array.from({ length: options.devices + faulty }, (_, n) => addressOf(n))
  return {
    devices: simulated.slice(0, options.devices),
    faulty: simulated.slice(options.devices),
    recordings: recorded.map((_, n) => addressOf(simulatedBlocks * BLOCK + n)),
    networks: Array.from({ length: blocks }, (_, block) => `${network}.${block}.0/24`),
  }
}

function planOne(
  { devices, faults = [] }: FleetOptions,
  address: string,
  recorded: readonly unknown[],
) {
  if (devices !== 1 || faults.length + recorded.length > 0) {
    throw new Error(`cannot start a fleet on ${address}: it holds one device; ask for one`)
  }
  return { devices: [address], faulty: [], recordings: [], networks: [`${address}/32`] }
}

function simulate(options: FleetOptions, addresses: readonly string[]) {
  const { seed = 1, speed = 1, first = 0, now = Date.now } = options
  const clock = () => ((now() - EPOCH) / 1000) * speed
  const recent = new Map<Device, { table: Table; made: number }>()
  return addresses.map((address, n) => {
    const device = makeDevice(seed, first + n, address)
    const state = () => stateOf(device, clock())
    const rows = () => rowsOf(device, state())
    const table = () => recentTable(recent, device, { rows, now: speed === 0 ? 0 : now() })
    return { address, device, state, rows, table }
  })
}

/** The device's table, not older than KEEP_MS; of many devices only the latest are kept in memory. */
function recentTable(
  recent: Map<Device, { table: Table; made: number }>,
  device: Device,
  { rows, now }: { rows: () => Row[]; now: number },
): Table {
  const kept = recent.get(device)
  if (kept && Math.abs(now - kept.made) < KEEP_MS) return kept.table
  const table = makeTable(rows())
  recent.delete(device)
  recent.set(device, { table, made: now })
  const [oldest] = recent.keys()
  if (oldest && recent.size > KEEP_TABLES) recent.delete(oldest)
  return table
}

async function listenAll(hosts: readonly Host[], port: number): Promise<Endpoint[]> {
  for (let attempt = 1; ; attempt++) {
    const endpoints: Endpoint[] = []
    try {
      for (const { address, responder } of hosts) {
        endpoints.push(await listen(address, endpoints[0]?.port ?? port, responder))
      }
      return endpoints
    } catch (error) {
      await Promise.all(endpoints.map(endpoint => endpoint.close()))
      // A free port of the first address can be in use on another one.
      if (port !== 0 || attempt === PORT_TRIES) throw error
    }
  }
}
