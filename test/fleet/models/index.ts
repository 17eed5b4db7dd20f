import { brother } from './brother.ts'
import { canon } from './canon.ts'
import { epson } from './epson.ts'
import { hp } from './hp.ts'
import { konicaMinolta } from './konica-minolta.ts'
import { kyocera } from './kyocera.ts'
import { lexmark } from './lexmark.ts'
import type { Model } from './model.ts'
import { oki } from './oki.ts'
import { ricoh } from './ricoh.ts'
import { samsung } from './samsung.ts'
import { sharp } from './sharp.ts'
import { toshiba } from './toshiba.ts'
import { xerox } from './xerox.ts'

/** All simulated models, one a vendor. A fleet takes them in turn, so that a small one has many vendors. */
export const MODELS: readonly [Model, ...Model[]] = [
  hp,
  kyocera,
  xerox,
  brother,
  ricoh,
  epson,
  canon,
  lexmark,
  konicaMinolta,
  sharp,
  oki,
  samsung,
  toshiba,
]
