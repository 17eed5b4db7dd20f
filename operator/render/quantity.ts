/**
 * Kubernetes quantities, as far as the CRDs allow them. The API server stores them in a canonical form ("1000m" becomes
 * "1", "1024Mi" becomes "1Gi"): what we apply has to be in it already, or it would differ from what comes back.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const BYTES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 } as const
type Unit = keyof typeof BYTES
/** What people write into claims by hand. */
const DECIMAL_BYTES = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 } as const

/** Thousandths of a CPU: "2" is 2000, "500m" is 500. */
export function milliCpu(quantity: string): number {
  const [, digits, unit] = /^(\d{1,9})(m?)$/.exec(quantity) ?? []
  if (digits === undefined) throw unusable(quantity, 'cores such as 2, or thousandths such as 500m')
  return Number(digits) * (unit === 'm' ? 1 : 1000)
}

export function cpu(milli: number): string {
  if (milli % 1_000_000 === 0 && milli > 0) return `${milli / 1_000_000}k`
  return milli % 1000 === 0 ? `${milli / 1000}` : `${milli}m`
}

export function bytesOf(quantity: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([KMGTP]i|[kMGTP])?$/.exec(quantity) ?? []
  if (digits === undefined) throw unusable(quantity, 'mebibytes or gibibytes such as 512Mi or 20Gi')
  return Number(digits) * { ...BYTES, ...DECIMAL_BYTES }[unit as Unit]
}

/** In the largest unit that leaves a whole number; less than a KiB is rounded up to one. */
export function bytes(count: number): string {
  const units: Unit[] = ['Pi', 'Ti', 'Gi', 'Mi']
  const unit = units.find(name => count % BYTES[name] === 0) ?? 'Ki'
  return `${Math.ceil(count / BYTES[unit])}${unit}`
}

function unusable(quantity: string, advice: string): Error {
  return new Error(`cannot use "${quantity}" as a quantity; give ${advice}`)
}
