import { SettingsError } from '@platen/telemetry'
import { type CredentialSettings, readCredentials } from './credentials.ts'
import { type Network, parseNetwork, sweep } from './discovery/index.ts'
import { type Reading, readDevice, type Unreadable } from './reading/index.ts'
import type { MonitorSettings } from './settings.ts'
import { type Credentials, openSockets } from './snmp/index.ts'

/** The printers of the site, by SNMP. */
export interface Site {
  /** Gives the address of each printer in the networks. */
  sweep(signal: AbortSignal): AsyncIterable<string>
  /** Reads one. Nothing outside the networks is asked, though it may have been known from other settings. */
  read(address: string, signal: AbortSignal): Promise<Reading | Unreadable>
  close(): void
}

/** @throws {SettingsError} on a network that is none, without any, and on credentials that can't be. */
export function openSite(
  settings: Pick<MonitorSettings, 'networks' | 'snmpPort'> & CredentialSettings,
): Site {
  const networks = settings.networks.map(readNetwork)
  if (networks.length === 0) throw new SettingsError('PLATEN_NETWORKS is empty; name a network')
  const credentials = readCredentials(settings)
  const sockets = openSockets()
  const port = settings.snmpPort
  const answered = new Map<string, Credentials>()

  async function* find(within: Network[], signal: AbortSignal): AsyncGenerator<string> {
    for await (const found of sweep({ sockets, networks: within, port, credentials }, signal)) {
      answered.set(found.address, found.credentials)
      yield found.address
    }
  }

  /** Which ones a device answers is not kept over restarts: all are tried at once on one that no sweep has found yet. */
  async function credentialsOf(address: string, signal: AbortSignal): Promise<Credentials> {
    if (!answered.has(address)) for await (const _ of find([parseNetwork(address)], signal));
    return answered.get(address) ?? credentials[0]
  }

  return {
    sweep: signal => find(networks, signal),
    async read(address, signal) {
      if (!isWithin(networks, address)) return OUTSIDE
      const agent = { sockets, address, port, credentials: await credentialsOf(address, signal) }
      return await readDevice(agent, signal)
    },
    close: sockets.close,
  }
}

const OUTSIDE: Unreadable = {
  code: 'unreachable',
  reason: 'cannot read the device: it is outside the networks; see PLATEN_NETWORKS',
}

function isWithin(networks: readonly Network[], address: string): boolean {
  const { first: host } = parseNetwork(address)
  return networks.some(({ first, last }) => first <= host && host <= last)
}

function readNetwork(text: string) {
  try {
    return parseNetwork(text)
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error))
  }
}
