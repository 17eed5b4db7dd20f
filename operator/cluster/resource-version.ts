/**
 * Whether one resource version of a kind comes after another: the API conventions let clients compare them as numbers
 * since Kubernetes 1.35 (KEP-5504). They have no leading zeros and may exceed what a number holds.
 */
export function isNewer(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length
}
