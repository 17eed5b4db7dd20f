import { describe, expect, it } from 'vitest'
import type { Rows } from '../snmp/index.ts'
import { hasRecordings, loadRows, recordingNames } from '../testing/recordings.ts'
import { normalise } from './index.ts'

const PRT = '1.3.6.1.2.1.43'
const LEVEL = { supply: `${PRT}.11.1.1.9`, tray: `${PRT}.8.2.1.10` }
const CAPACITY = { supply: `${PRT}.11.1.1.8`, tray: `${PRT}.8.2.1.9` }
const LIFE_COUNT = `${PRT}.10.2.1.4`
const ALERT_CODE = `${PRT}.18.1.1.7`
const IF_PHYS_ADDRESS = '1.3.6.1.2.1.2.2.1.6'

const below = (rows: Rows, column: string) =>
  [...rows].filter(([oid]) => oid.startsWith(`${column}.`))

/** A number as it was recorded; the special values of RFC 3805 by what they mean. */
function recorded(rows: Rows, column: string, index: string) {
  const value = rows.get(`${column}.${index}`)
  if (value === -3) return 'some'
  if (value === -1) return 'unlimited'
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** All that the recording says in words. What is hex on a second line is the recorder's dump. */
function words(rows: Rows): string {
  const texts = [...rows.values()].filter(value => value instanceof Uint8Array)
  return texts.map(bytes => inWords(Buffer.from(bytes).toString('latin1'))).join('\n')
}

function inWords(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  const hex = rest.join('').replaceAll(' ', '')
  const isDump = first.length === 16 && /^(?:[0-9A-F]{2})+$/.test(hex)
  return isDump ? first + Buffer.from(hex, 'hex').toString('latin1') : text
}

const plain = (text: string) => text.replace(/[\s\0]+/g, ' ')

const names = hasRecordings ? recordingNames() : ['no recordings']

// Checked against the rows themselves, without the code that reads them.
describe.skipIf(!hasRecordings).each(names)('%s', name => {
  const rows = hasRecordings ? loadRows(name) : new Map()
  const { asset, meters, supplies, trays, incidents } = normalise(rows, '10.255.255.1')

  it('has every supply and tray of its tables, each with the level and capacity that it says', () => {
    expect(supplies.map(({ index }) => `${LEVEL.supply}.${index}`).sort()).toEqual(
      below(rows, LEVEL.supply)
        .map(([oid]) => oid)
        .sort(),
    )
    expect(trays).toHaveLength(below(rows, LEVEL.tray).length)
    for (const { index, level, capacity } of supplies) {
      expect(level).toBe(recorded(rows, LEVEL.supply, index))
      expect(capacity).toBe(recorded(rows, CAPACITY.supply, index))
    }
    for (const { index, level, capacity } of trays) {
      expect(level).toBe(recorded(rows, LEVEL.tray, index))
      expect(capacity).toBe(recorded(rows, CAPACITY.tray, index))
    }
  })

  it('has the life count of its marker, and none where it says none', () => {
    const total = meters.find(meter => meter.name === 'total')
    expect(total?.value).toBe(below(rows, LIFE_COUNT)[0]?.[1])
  })

  it('has no text that its rows do not hold', () => {
    const said = plain(words(rows))
    const { serial, model, firmware, hostName, location } = asset
    const texts = [
      ...[serial, model, firmware, hostName, location],
      ...supplies.map(({ description }) => description),
      ...trays.flatMap(tray => [tray.name, tray.media]),
      ...incidents.map(({ description }) => description),
    ]
    for (const text of texts) if (text !== undefined) expect(said).toContain(text)
  })

  it('has no colour that neither its colorants nor the supply’s own name tell', () => {
    const colorants = below(rows, `${PRT}.12.1.1.4`).map(([, value]) => String(value))
    for (const { color, description = '' } of supplies) {
      if (color) expect(`${colorants} ${description}`.toLowerCase()).toContain(color)
    }
  })

  it('has a MAC of one of its interfaces, if any', () => {
    const addresses = below(rows, IF_PHYS_ADDRESS).map(([, value]) =>
      Buffer.from(value instanceof Uint8Array ? value : []).toString('hex'),
    )
    if (asset.mac) expect(addresses).toContain(asset.mac.replaceAll(':', ''))
  })

  it('has no incident without a row of its alert table or a bit of its error state', () => {
    const alerts = below(rows, ALERT_CODE).map(([oid]) => oid.slice(ALERT_CODE.length + 1))
    for (const { key, source } of incidents) {
      if (source === 'alert') expect(alerts).toContain(key.replace('alert.', ''))
      else expect(key).toMatch(/^state\.1\./)
    }
  })
})
