import { MODELS } from './models/index.ts'
import type { Model } from './models/model.ts'

/** One simulated device: which it is, and how it differs from others of its model. */
export interface Device {
  model: Model
  serial: string
  /** Six octets, lower-case hex with colons. */
  mac: string
  hostName: string
  address: string
  location: string
  /** Pages that it had printed when the simulated time began. */
  pagesAtStart: number
  /** Seconds by which it is ahead in its own course of things. */
  phase: number
  /** For each supply the share of its life, 0 to 1, that had gone by when the simulated time began. */
  used: number[]
}

/** How many devices of one seed have serial numbers and MAC addresses of their own. */
export const MOST_DEVICES = 100_000

const LOCATIONS = [
  'Ground floor, mail room',
  'Floor 1, copy room',
  'Floor 2, corridor',
  'Warehouse',
]

/** Device number `n` of a fleet: the same for the same seed, with a serial, MAC and host name of its own. */
export function makeDevice(seed: number, n: number, address: string): Device {
  const model = MODELS[n % MODELS.length] ?? MODELS[0]
  const chance = (label: string) => chanceOf(`${seed}/${n}/${label}`)
  const macEnd = spread(n, seed, 2 ** 24)
    .toString(16)
    .padStart(6, '0')
  return {
    model,
    serial: serialOf(model.serial, n, seed),
    mac: `${model.oui}:${macEnd.replace(/(..)(?=.)/g, '$1:')}`,
    hostName: `${model.hostName}${macEnd.toUpperCase()}`,
    address,
    location: LOCATIONS[Math.floor(chance('location') * LOCATIONS.length)] ?? '',
    pagesAtStart: 500 + Math.floor(chance('pages') * 90_000),
    phase: Math.floor(chance('phase') * 20_000),
    used: model.supplies.map((_, at) => chance(`supply ${at}`)),
  }
}

function serialOf(pattern: string, n: number, seed: number): string {
  const width = pattern.split('#').length - 1
  const digits = String(spread(n, seed, 10 ** width)).padStart(width, '0')
  return pattern
    .replace(/#+/, digits)
    .replaceAll('?', () => String.fromCharCode(65 + Math.floor(chanceOf(`${seed}`) * 26)))
}

/** Spreads `n` over 0 to `size` - 1, each to a place of its own: the factor is prime to every size in use. */
function spread(n: number, seed: number, size: number): number {
  return Number((BigInt(n) * 7919n + BigInt(seed) * 104_729n) % BigInt(size))
}

/** A number from 0 up to 1 that depends on nothing but the label (FNV-1a, mixed). */
function chanceOf(label: string): number {
  let hash = 0x811c9dc5
  for (const char of label) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}
