import { MAKES, type Make } from '../profiles/index.ts'
import { isWithin } from '../snmp/index.ts'

const WORDS = MAKES.flatMap(make => make.words.map(word => ({ make, word }))).sort(
  (a, b) => b.word.length - a.word.length,
)

/** The make whose name a text begins with, as a word of its own. */
export function leadingMake(text: string | undefined): Make | undefined {
  return text === undefined ? undefined : WORDS.find(({ word }) => startsWithWord(text, word))?.make
}

/** A name without the make's own name in front ("Hewlett-Packard hp LaserJet 3380" has it twice). */
export function withoutMake(name: string, make: string | undefined): string {
  const own = WORDS.find(
    ({ make: { name: known }, word }) => known === make && startsWithWord(name, word),
  )
  return own ? withoutMake(name.slice(own.word.length).trim(), make) : name
}

/** The make that numbers its printers so. */
export function makeOfObjectId(sysObjectID: string | undefined): Make | undefined {
  if (sysObjectID === undefined) return undefined
  return MAKES.find(({ printers }) => printers?.some(prefix => isWithin(prefix, sysObjectID)))
}

function startsWithWord(text: string, word: string): boolean {
  if (!text.toLowerCase().startsWith(word.toLowerCase())) return false
  return !/^[\p{L}\p{N}]/u.test(text.slice(word.length))
}
