import { LIMITS } from './limits.ts'

// Most text is short ASCII: one look decides.
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/
// Controls, lone surrogates, and the two code points of the BMP that XML 1.0 has no character for (section 2.2).
const FORBIDDEN = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u
const FORBIDDEN_RUN = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu

/** Whether the wire takes it as text: 1 to LIMITS.text code points, no control character, no blank at either end. */
export function isText(text: string): boolean {
  if (text.length <= LIMITS.text && PLAIN.test(text)) return true
  if (text === '' || text.length > 2 * LIMITS.text) return false
  return text.trim() === text && !FORBIDDEN.test(text) && codePoints(text) <= LIMITS.text
}

/**
 * What a device says, as the nearest text that the wire takes: control characters and halves of surrogate pairs become
 * a blank, ends are trimmed, what is too long is cut. Undefined when nothing remains: unknown is absent.
 */
export function tidyText(text: string): string | undefined {
  const clean = text.replace(FORBIDDEN_RUN, ' ').trim()
  const short = clean.length <= LIMITS.text ? clean : firstCodePoints(clean, LIMITS.text).trimEnd()
  return short === '' ? undefined : short
}

// A reason is printable ASCII that needs no escape, so that a receipt of many refusals stays within a stanza.
const REASON = /^[ !#-%'-;=?-~]+$/
const NOT_REASON = /[^ !#-%'-;=?-~]/gu

export function isReason(text: string): boolean {
  return REASON.test(text) && isText(text)
}

/** Any sentence as a reason that the wire takes: other characters become `?`, what is too long is cut. */
export function tidyReason(text: string): string {
  return tidyText(text.replace(NOT_REASON, '?')) ?? 'no reason'
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function firstCodePoints(text: string, most: number): string {
  // Twice as many UTF-16 units hold at least as many code points; a half at the end falls to the slice.
  return [...text.slice(0, 2 * most)].slice(0, most).join('')
}
