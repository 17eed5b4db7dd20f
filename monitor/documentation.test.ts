import { readFileSync } from 'node:fs'
import type { Setting } from '@platen/telemetry'
import { describe, expect, it } from 'vitest'
import { COLUMNS, SYSTEM } from './reading/index.ts'
import { SETTINGS } from './settings.ts'

const page = readFileSync(new URL('../docs/monitor.md', import.meta.url), 'utf8')

/** Variable and default of each row. */
const documented = [...page.matchAll(/^\| `(PLATEN_\w+)` \| ([^|]*) \|/gm)].map(
  ([, name, otherwise]) => ({ name, otherwise }),
)
const settings: Setting<unknown>[] = Object.values(SETTINGS)

function defaultOf({ otherwise, isSecret }: Setting<unknown>): unknown {
  const secret = isSecret ? ', secret' : ''
  if (!otherwise) return `required${secret}`
  const value = otherwise()
  // Without a value, the page says in words what holds.
  return value === undefined
    ? expect.stringMatching(`^(?!required)[^\`]*${secret}$`)
    : `\`${value}\``
}

describe('docs/monitor.md says what the code does', () => {
  it('has each setting with its default, in the order of the code, and no other', () => {
    expect(documented).toEqual(
      settings.map(setting => ({ name: setting.name, otherwise: defaultOf(setting) })),
    )
  })

  it('has each metric, and no other', () => {
    const sources = ['sender/metrics.ts', 'schedule/poll.ts']
      .map(file => readFileSync(new URL(file, import.meta.url), 'utf8'))
      .join()
    const outbox = [...sources.matchAll(/gauge\('(\w+)'/g)].map(
      ([, name]) => `platen.monitor.outbox.${name}`,
    )
    const others = [...sources.matchAll(/create(?:Counter|Histogram)\('([\w.]+)'/g)].map(
      ([, name]) => name,
    )
    const named = [...page.matchAll(/`(platen\.monitor\.[\w.]+)`/g)].map(([, name]) => name)
    expect(named.toSorted()).toEqual([...outbox, ...others].toSorted())
  })

  it.each([
    { what: 'sysContact', oid: '1.3.6.1.2.1.1.4' },
    { what: 'texts of the display', oid: '1.3.6.1.2.1.43.16' },
    { what: 'jobs (RFC 2707)', oid: '1.3.6.1.4.1.2699.1.1' },
  ])('does not ask for $what', ({ oid }) => {
    const asked = [...Object.values(SYSTEM), ...Object.values(COLUMNS)].map(one => `${one}.`)
    expect(asked.filter(one => one.startsWith(`${oid}.`) || `${oid}.`.startsWith(one))).toEqual([])
  })
})
