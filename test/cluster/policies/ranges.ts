import { isIPv4 } from 'node:net'

/** Numbers from the first to the second, both included: ports, or addresses of IPv4 as 32-bit numbers. */
export type Range = readonly [from: number, to: number]

/** Sorted, with a gap between each two. */
export type Ranges = readonly Range[]

const LAST_ADDRESS = 2 ** 32 - 1

export const EVERY_ADDRESS: Ranges = [[0, LAST_ADDRESS]]

export function union(ranges: readonly Range[]): Ranges {
  const merged: Range[] = []
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (!last || from > last[1] + 1) merged.push([from, to])
    else merged[merged.length - 1] = [last[0], Math.max(last[1], to)]
  }
  return merged
}

export function subtract(ranges: Ranges, without: readonly Range[]): Ranges {
  return union(without).reduce<Ranges>(
    (rest, hole) => rest.flatMap(each => cut(each, hole)),
    ranges,
  )
}

function cut([from, to]: Range, [first, last]: Range): Range[] {
  if (last < from || first > to) return [[from, to]]
  const left: Range[] = from < first ? [[from, first - 1]] : []
  const right: Range[] = to > last ? [[last + 1, to]] : []
  return [...left, ...right]
}

export function contains(ranges: Ranges, value: number): boolean {
  return ranges.some(([from, to]) => from <= value && value <= to)
}

export function isEverywhere(ranges: Ranges): boolean {
  return ranges.length === 1 && ranges[0]?.[0] === 0 && ranges[0][1] === LAST_ADDRESS
}

/** Undefined for what is not IPv4. */
export function parseAddress(text: string): number | undefined {
  if (!isIPv4(text)) return undefined
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Undefined for what is not IPv4. */
export function parseBlock(cidr: string): Range | undefined {
  const [text = '', length] = cidr.split('/')
  const address = parseAddress(text)
  if (address === undefined || !/^\d+$/.test(length ?? '') || Number(length) > 32) return undefined
  const size = 2 ** (32 - Number(length))
  const from = Math.floor(address / size) * size
  return [from, from + size - 1]
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.')
}
