import type { Outcome } from '../outcome.ts'
import { database } from './database.ts'
import { edge } from './edge.ts'
import { foundation } from './foundation.ts'
import { namespace } from './namespace.ts'
import { prepare } from './prepare.ts'
import { progress } from './progress.ts'
import { prune } from './prune.ts'
import { residency } from './residency.ts'
import { restore } from './restore.ts'
import type { StackScope } from './scope.ts'
import { secrets } from './secrets.ts'
import { turn } from './turn.ts'
import { api, ingest, periodic } from './workloads.ts'

export interface Phase {
  run(s: StackScope): Promise<Outcome>
  /** Nothing after it makes sense unless it is done. Other phases look themselves for what they need. */
  isEssential?: true
}

/** What makes a tenant's stack, in order. */
export const PHASES: readonly Phase[] = [
  { run: namespace, isEssential: true },
  { run: residency },
  { run: secrets },
  { run: restore },
  { run: turn },
  { run: foundation },
  { run: database },
  { run: prepare },
  { run: ingest },
  { run: api },
  { run: periodic },
  { run: edge },
  { run: progress },
  { run: prune },
]
