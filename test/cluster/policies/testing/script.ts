/**
 * What of a compiled script lets connections of a pod through, in short: `from A to B tcp 80`, `any`. Undefined where
 * the pod is not isolated in that direction.
 */
export function rulesFor(
  script: string,
  direction: 'ingress' | 'egress',
  address: string,
): string[] | undefined {
  const verdict = new RegExp(`${address} : (return|goto (${direction}-\\d+))[, ]`).exec(
    block(script, `map ${direction}`),
  )
  if (!verdict) throw new Error(`cannot find ${address} in the map ${direction}`)
  if (!verdict[2]) return undefined
  const [, ...rules] = block(script, `chain ${verdict[2]}`).split('\n')
  if (rules.pop() !== 'counter drop') throw new Error(`${verdict[2]} does not end closed`)
  return rules.map(rule => inShort(rule, script))
}

function inShort(rule: string, script: string): string {
  const short = rule
    .replace('ct original ip saddr', 'from')
    .replace('ct reply ip saddr', 'to')
    .replace('meta l4proto ', '')
    .replace('ct reply proto-src ', '')
    .replace(/[{}] ?/g, '')
    .replace(/@([\w-]+)/g, (_, set) => elements(script, `set ${set}`).join(','))
    .replace(/ ?return$/, '')
    .trim()
  return short === '' ? 'any' : short
}

/** Of a set or a map. */
export function elements(script: string, head: string): string[] {
  return /elements = \{ (.*) \}/.exec(block(script, head))?.[1]?.split(', ') ?? []
}

/** Lines between the braces, without their indentation. */
export function block(script: string, head: string): string {
  const found = new RegExp(`^  ${head} \\{\\n([^]*?)\\n  \\}`, 'm').exec(script)
  if (!found?.[1]) throw new Error(`cannot find ${head} in ${script}`)
  return found[1].replaceAll(/^ +/gm, '')
}
