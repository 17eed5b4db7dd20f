import { ANNOTATIONS } from '../names.ts'
import type { Conditions } from './conditions.ts'
import type { Reporter } from './report.ts'
import type { Resource } from './status.ts'

/** Whether somebody asks for it. */
export function asksForPause({ metadata }: Pick<Resource, 'metadata'>): boolean {
  const value = metadata.annotations?.[ANNOTATIONS.paused]
  return value !== undefined && value !== 'false'
}

/** Nothing but the condition is written then. */
export function isPaused(
  { conditions, report }: { conditions: Conditions; report: Reporter },
  resource: Pick<Resource, 'metadata'>,
): boolean {
  const was = conditions.is('Paused', 'True')
  if (!asksForPause(resource)) {
    if (was) report.normal('Resumed', 'reconciled again')
    conditions.remove('Paused')
    return false
  }
  const message = `nothing is changed until the annotation ${ANNOTATIONS.paused} is removed`
  if (!was) report.normal('Paused', message)
  conditions.set('Paused', 'True', { reason: 'Paused', message })
  return true
}
