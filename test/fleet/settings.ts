import { isIPv4 } from 'node:net'
import type { FleetOptions } from './fleet.ts'
import { MOST_DEVICES } from './identity.ts'
import { MODELS } from './models/index.ts'

/**
 * The fleet's environment variables. Throws an Error of one sentence that names the wrong one.
 *
 * - PLATEN_FLEET_PRINTERS: simulated printers; without it one of each model, or none when there are recordings
 * - PLATEN_FLEET_RECORDINGS: directory of recordings
 * - PLATEN_FLEET_PORT: UDP port (0, the default: any free one)
 * - PLATEN_FLEET_NETWORK: block of addresses (127.66.0.0/16)
 * - PLATEN_FLEET_ADDRESS: address of a single printer, instead of a block: that of the pod that it is
 * - PLATEN_FLEET_SEED, PLATEN_FLEET_FIRST: which devices, and from which number on (1, 0)
 * - PLATEN_FLEET_SPEED: simulated seconds in a second (1)
 */
export function readSettings(env: NodeJS.ProcessEnv): FleetOptions {
  const recordings = env.PLATEN_FLEET_RECORDINGS
  return {
    devices: number(env, 'PLATEN_FLEET_PRINTERS', {
      fallback: fewest(env),
      most: MOST_DEVICES,
    }),
    port: number(env, 'PLATEN_FLEET_PORT', { fallback: 0, most: 65_535 }),
    seed: number(env, 'PLATEN_FLEET_SEED', { fallback: 1, most: 1_000_000 }),
    first: number(env, 'PLATEN_FLEET_FIRST', { fallback: 0, most: MOST_DEVICES - 1 }),
    speed: number(env, 'PLATEN_FLEET_SPEED', { fallback: 1, most: 1000 }),
    network: network(env.PLATEN_FLEET_NETWORK ?? '127.66.0.0/16'),
    ...(recordings ? { recordings } : {}),
    ...(env.PLATEN_FLEET_ADDRESS ? { address: address(env.PLATEN_FLEET_ADDRESS) } : {}),
  }
}

function fewest(env: NodeJS.ProcessEnv): number {
  if (env.PLATEN_FLEET_RECORDINGS) return 0
  return env.PLATEN_FLEET_ADDRESS ? 1 : MODELS.length
}

function address(text: string): string {
  if (isIPv4(text)) return text
  throw new Error(`cannot use PLATEN_FLEET_ADDRESS=${text}: it is no IPv4 address; give the pod's`)
}

function number(
  env: NodeJS.ProcessEnv,
  name: string,
  { fallback, most }: { fallback: number; most: number },
): number {
  const value = env[name]
  if (!value) return fallback
  if (/^\d{1,7}$/.test(value) && Number(value) <= most) return Number(value)
  throw new Error(
    `cannot use ${name}=${value}: it is no whole number from 0 to ${most}; correct it`,
  )
}

/** The first two octets of a /16 block of loopback addresses. */
function network(block: string): string {
  const [, octets] = /^(127\.\d{1,3})\.0\.0\/16$/.exec(block) ?? []
  if (octets && isIPv4(`${octets}.0.0`)) return octets
  throw new Error(
    `cannot use PLATEN_FLEET_NETWORK=${block}: it is no /16 block of loopback addresses; use one like 127.66.0.0/16`,
  )
}
