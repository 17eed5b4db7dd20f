import { brother } from './brother.ts'
import { canon } from './canon.ts'
import { dell } from './dell.ts'
import { epson } from './epson.ts'
import { hp } from './hp.ts'
import { kyocera } from './kyocera.ts'
import { lexmark } from './lexmark.ts'
import { MAKES, type Make } from './makes.ts'
import { oki } from './oki.ts'
import { pantum } from './pantum.ts'
import type { Profile } from './profile.ts'
import { ricoh } from './ricoh.ts'
import { samsung } from './samsung.ts'
import { xerox } from './xerox.ts'
import { zebra } from './zebra.ts'

export type { Mapping, Profile } from './profile.ts'
export { MAKES, type Make }

export const PROFILES: readonly Profile[] = [
  brother,
  canon,
  dell,
  epson,
  hp,
  kyocera,
  lexmark,
  oki,
  pantum,
  ricoh,
  samsung,
  xerox,
  zebra,
]

/** The profile of whoever built it. Undefined for a make without one. */
export function profileOf(make: Make | undefined): Profile | undefined {
  const builder = make?.builtBy ?? make?.name
  return PROFILES.find(profile => profile.make === builder)
}
