import type { Command } from './command.ts'
import { backup } from './edits/backup.ts'
import { pause, unpause } from './edits/pause.ts'
import { restore } from './edits/restore.ts'
import { rotate } from './edits/rotate.ts'
import { resume, suspend } from './edits/suspend.ts'
import { enrol } from './enrol.ts'
import { ledger } from './ledger/command.ts'
import { report } from './report/command.ts'
import { residency } from './residency/command.ts'
import { status } from './status/command.ts'

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  status,
  residency,
  ledger,
  backup,
  restore,
  rotate,
  suspend,
  resume,
  pause,
  unpause,
  enrol,
  report,
]
