/** A range of IPv4 addresses, as 32-bit numbers, both ends included. */
export interface Network {
  first: number
  last: number
}

const LARGEST = 16 // bits of the prefix: 65,536 addresses

/**
 * Reads CIDR notation (RFC 4632), such as 192.168.1.0/24; an address alone is a network of one. Throws one sentence for
 * anything else, for a prefix shorter than /16, and for an address with bits set behind the prefix, which is likely a slip.
 */
export function parseNetwork(text: string): Network {
  const [address = '', prefix = '32', ...rest] = text.trim().split('/')
  const start = addressNumber(address)
  const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : 33
  if (start === undefined || bits > 32 || rest.length > 0) {
    throw new Error(
      `cannot use the network ${quote(text)}: it is no IPv4 network; write it like 192.168.1.0/24`,
    )
  }
  if (bits < LARGEST) {
    throw new Error(
      `cannot use the network ${quote(text)}: it is larger than /${LARGEST}; name smaller ones`,
    )
  }
  const size = 2 ** (32 - bits)
  const first = start - (start % size)
  if (first !== start) {
    throw new Error(
      `cannot use the network ${quote(text)}: it does not begin there; did you mean ${addressText(first)}/${bits}?`,
    )
  }
  return { first, last: first + size - 1 }
}

/**
 * Every host address of the networks once, in order. The network and broadcast address of a network of four or more
 * are no hosts.
 */
export function* hosts(networks: readonly Network[]): Generator<string> {
  for (const { first, last } of merge(networks.map(hostRange))) {
    for (let host = first; host <= last; host++) yield addressText(host)
  }
}

/** How many addresses hosts() gives. */
export function countHosts(networks: readonly Network[]): number {
  return merge(networks.map(hostRange)).reduce((sum, { first, last }) => sum + last - first + 1, 0)
}

/** Networks of one and of two addresses have hosts only (RFC 3021). */
function hostRange({ first, last }: Network): Network {
  return last - first < 3 ? { first, last } : { first: first + 1, last: last - 1 }
}

function merge(ranges: readonly Network[]): Network[] {
  const merged: Network[] = []
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last)
    else merged.push({ ...range })
  }
  return merged
}

/** Four decimal octets without leading zeros, which some read as octal. */
function addressNumber(text: string): number | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let number = 0
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return undefined
    number = number * 256 + Number(octet)
  }
  return number
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map(bits => (number >>> bits) & 255).join('.')
}

/** Fit for a message: short and printable. */
function quote(text: string): string {
  return `"${text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')}"`
}
