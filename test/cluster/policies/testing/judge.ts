import { block, elements } from './script.ts'
import type { Connection } from './semantics.ts'

/**
 * Whether a compiled script lets a connection between known pods, or with somebody outside, through: reads the script's
 * own text, as far as nft reads it for such a connection. Packets show that nft does.
 */
export function judge(script: string, connection: Connection): boolean {
  const { from, to } = connection
  if (elements(script, 'set itself').includes(`${from} . ${to}`)) return true
  return (
    passes(script, { map: 'egress', address: from }, connection) &&
    passes(script, { map: 'ingress', address: to }, connection)
  )
}

function passes(
  script: string,
  { map, address }: { map: string; address: string },
  connection: Connection,
): boolean {
  const verdict = elements(script, `map ${map}`).find(each => each.startsWith(`${address} : `))
  if (!verdict || verdict.endsWith(' return')) return true
  const rules = block(script, `chain ${verdict.split(' goto ')[1]}`).split('\n')
  return rules.some(rule => rule.endsWith('return') && matches(rule, script, connection))
}

function matches(rule: string, script: string, connection: Connection): boolean {
  const { from, to, protocol, port } = connection
  const [, clients] = /ct original ip saddr @(\S+)/.exec(rule) ?? []
  const [, servers] = /ct reply ip saddr @(\S+)/.exec(rule) ?? []
  const [, only] = /meta l4proto (\w+)/.exec(rule) ?? []
  const [, ports] = /proto-src \{ (.*) \}/.exec(rule) ?? []
  return (
    (!clients || isIn(elements(script, `set ${clients}`), toNumber(from))) &&
    (!servers || isIn(elements(script, `set ${servers}`), toNumber(to))) &&
    (!only || only === protocol.toLowerCase()) &&
    (!ports || isIn(ports.split(', '), port))
  )
}

function isIn(ranges: string[], value: number): boolean {
  return ranges.some(range => {
    const [from = '', to = from] = range.split('-')
    return toNumber(from) <= value && value <= toNumber(to)
  })
}

/** Of a port, or of an address. */
const toNumber = (text: string) =>
  text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
