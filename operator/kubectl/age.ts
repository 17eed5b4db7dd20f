const UNITS: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
]

/** How long ago `time` (RFC 3339) was, in the largest unit of which there are two: `3 min`, `90 min`, `2 d`. */
export function age(time: string | undefined, now: number): string {
  const at = Date.parse(time ?? '')
  if (Number.isNaN(at)) return '?'
  const seconds = Math.max(Math.round((now - at) / 1000), 0)
  const [unit, size] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ['s', 1]
  return `${Math.floor(seconds / size)} ${unit}`
}
