import { nameOf, refOf } from '../../cluster/object.ts'
import { applyAll, newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import type { StackScope } from './scope.ts'

const CONDITION = 'Prepared'

/** Migrations, roles and sites: a Job for each release, before anything of that release serves. */
export async function prepare(s: StackScope): Promise<Outcome> {
  const [job] = s.stack.prepare
  if (!job || s.held) {
    s.prepared = true
    return done
  }
  const ref = refOf(job)
  if (!s.databaseReady && !newestOf(s.target, ref)) {
    return waitFor(CONDITION, 'Waiting', 'waiting for the database')
  }
  await applyAll(s.target, s.stack.prepare, s.signal)
  const facts = newestOf(s.target, ref)?.facts
  const state = facts?.kind === 'job' ? facts.state : 'running'
  if (state === 'failed') {
    return refused(
      CONDITION,
      'Failed',
      `${nameOf(ref)} failed: see its log; delete the Job to run it again, or set the old version again`,
    )
  }
  if (state === 'running') return waitFor(CONDITION, 'Running', `${nameOf(ref)} runs`)
  s.prepared = true
  s.conditions.set(CONDITION, 'True', { reason: 'Succeeded' })
  return done
}
