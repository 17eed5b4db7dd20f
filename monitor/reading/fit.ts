import { LIMITS } from '@platen/protocol'
import type { Reading } from './reading.ts'

// What the rows need without their texts, at their limits, is less than the other half of a report.
const TEXT_BYTES = LIMITS.reportBytes / 2

/**
 * A reading that fits one report whatever the device says: first rows first, and texts of rows only as long as there is
 * room for them. No real printer comes near either limit.
 */
export function fit(reading: Reading): Reading {
  const cut: Reading = {
    ...reading,
    supplies: reading.supplies.slice(0, LIMITS.supplies),
    trays: reading.trays.slice(0, LIMITS.trays),
    incidents: reading.incidents.slice(0, LIMITS.incidents),
  }
  let room = TEXT_BYTES
  const hasRoom = (text: string | undefined): boolean => {
    room -= encodedBytes(text)
    return room >= 0
  }
  return {
    ...cut,
    supplies: cut.supplies.map(({ description, color, ...row }) => ({
      ...row,
      ...(color !== undefined && hasRoom(color) && { color }),
      ...(description !== undefined && hasRoom(description) && { description }),
    })),
    trays: cut.trays.map(({ name, media, ...row }) => ({
      ...row,
      ...(name !== undefined && hasRoom(name) && { name }),
      ...(media !== undefined && hasRoom(media) && { media }),
    })),
    incidents: cut.incidents.map(({ description, ...row }) => ({
      ...row,
      ...(description !== undefined && hasRoom(description) && { description }),
    })),
  }
}

/** On the wire: ASCII, and "&#x10FFFF;" for what is not, or must be escaped; more than enough for either. */
function encodedBytes(text = ''): number {
  let bytes = 0
  for (const character of text) bytes += /[ !#-%'-;=?-~]/.test(character) ? 1 : 10
  return bytes
}
