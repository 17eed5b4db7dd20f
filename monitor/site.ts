import { SettingsError } from '@platen/telemetry'
import { parseNetwork, sweep } from './discovery/index.ts'
import { type Reading, readDevice, type Unreadable } from './reading/index.ts'
import type { MonitorSettings } from './settings.ts'
import { type Credentials, openSockets } from './snmp/index.ts'

/** The printers of the site, by SNMP. */
export interface Site {
  /** Gives the address of each printer in the networks. */
  sweep(signal: AbortSignal): AsyncIterable<string>
  read(address: string, signal: AbortSignal): Promise<Reading | Unreadable>
  close(): void
}

/** @throws {SettingsError} on a network that is none, and without any. */
export function openSite(
  settings: Pick<MonitorSettings, 'networks' | 'snmpPort' | 'communities'>,
): Site {
  const networks = settings.networks.map(readNetwork)
  const [first, ...others] = settings.communities.map(
    (community): Credentials => ({ version: 'v2c', community }),
  )
  if (networks.length === 0) throw new SettingsError('PLATEN_NETWORKS is empty; name a network')
  if (!first) throw new SettingsError('PLATEN_SNMP_COMMUNITIES is empty; name a community')
  const sockets = openSockets()
  const port = settings.snmpPort
  const answered = new Map<string, Credentials>()

  return {
    async *sweep(signal) {
      const plan = { sockets, networks, port, credentials: [first, ...others] }
      for await (const { address, credentials } of sweep(plan, signal)) {
        answered.set(address, credentials)
        yield address
      }
    },
    read: (address, signal) =>
      // A device that was known before this process is tried by the preferred ones until a sweep finds it.
      readDevice({ sockets, address, port, credentials: answered.get(address) ?? first }, signal),
    close: sockets.close,
  }
}

function readNetwork(text: string) {
  try {
    return parseNetwork(text)
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error))
  }
}
