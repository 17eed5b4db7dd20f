import { ANNOTATIONS } from '../names.ts'
import type { Conditions } from './conditions.ts'
import type { Reporter } from './report.ts'
import type { Resource } from './status.ts'

/** Nothing but the condition is written then. */
export function isPaused(
  { conditions, report }: { conditions: Conditions; report: Reporter },
  { metadata }: Pick<Resource, 'metadata'>,
): boolean {
  const value = metadata.annotations?.[ANNOTATIONS.paused]
  const was = conditions.is('Paused', 'True')
  if (value === undefined || value === 'false') {
    if (was) report.normal('Resumed', 'reconciled again')
    conditions.remove('Paused')
    return false
  }
  const message = `nothing is changed until the annotation ${ANNOTATIONS.paused} is removed`
  if (!was) report.normal('Paused', message)
  conditions.set('Paused', 'True', { reason: 'Paused', message })
  return true
}
