import { createHash } from 'node:crypto'

/** Ten hexadecimal digits that change with the value; the order of properties does not count. */
export function shortHash(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => sorted(part))
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
