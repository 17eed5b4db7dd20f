import { LIMITS } from '@platen/protocol'
import type { Reading } from './reading.ts'

// For the report's own attributes, and for what a row needs on the wire beyond its values: names and `since`.
const REPORT_BYTES = 1024
const ROW_BYTES = 40

/**
 * A reading that fits one report whatever the device says: first rows first, and texts of rows only as long as there is
 * room for them. No real printer comes near either limit.
 */
export function fit(reading: Reading): Reading {
  const supplies = reading.supplies.slice(0, LIMITS.supplies)
  const trays = reading.trays.slice(0, LIMITS.trays)
  const incidents = reading.incidents.slice(0, LIMITS.incidents)
  const bare = {
    ...reading,
    supplies: supplies.map(({ description: _, color: __, ...row }) => row),
    trays: trays.map(({ name: _, media: __, ...row }) => row),
    incidents: incidents.map(({ description: _, ...row }) => row),
  }
  const room = { bytes: LIMITS.reportBytes - sizeOf(bare) }
  return {
    ...bare,
    supplies: bare.supplies.map((row, at) => ({
      ...row,
      ...taken('color', supplies[at]?.color, room),
      ...taken('description', supplies[at]?.description, room),
    })),
    trays: bare.trays.map((row, at) => ({
      ...row,
      ...taken('name', trays[at]?.name, room),
      ...taken('media', trays[at]?.media, room),
    })),
    incidents: bare.incidents.map((row, at) => ({
      ...row,
      ...taken('description', incidents[at]?.description, room),
    })),
  }
}

type TextKey = 'color' | 'description' | 'name' | 'media'

function taken(
  key: TextKey,
  text: string | undefined,
  room: { bytes: number },
): Partial<Record<TextKey, string>> {
  if (text === undefined) return {}
  room.bytes -= encodedBytes(text)
  return room.bytes < 0 ? {} : { [key]: text }
}

/** Bytes on the wire, a little too many: JSON names the same things as the attributes. */
function sizeOf(reading: Reading): number {
  const { supplies, trays, incidents, meters } = reading
  const rows = supplies.length + trays.length + incidents.length + meters.length
  return (
    REPORT_BYTES + rows * ROW_BYTES + encodedBytes(JSON.stringify(reading).replaceAll('"', '.'))
  )
}

const PLAIN = /^[ !#-%'-;=?-~]*$/

/** On the wire: ASCII, and "&#x10FFFF;" for what is not, or must be escaped; more than enough for either. */
function encodedBytes(text: string): number {
  if (PLAIN.test(text)) return text.length
  let bytes = 0
  for (const character of text) bytes += PLAIN.test(character) ? 1 : 10
  return bytes
}
