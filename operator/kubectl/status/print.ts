import { age } from '../age.ts'
import { pairs, table } from '../table.ts'
import type { Colour, Terminal } from '../terminal.ts'
import { isReady, type Part } from './parts.ts'
import type { Summary } from './summary.ts'

type Paint = Terminal['paint']

/** More than these tell nothing new; kubectl get events has all. */
const EVENTS_SHOWN = 15

export function printSummary(summary: Summary, now: number, paint: Paint): string {
  const blocks = [
    headOf(summary, now, paint),
    conditionsOf(summary, now, paint),
    partsOf(summary.parts, paint),
    eventsOf(summary, now, paint),
    summary.notReadable.map(line => paint('yellow', line)).join('\n'),
  ]
  return blocks.filter(block => block !== '').join('\n\n')
}

const COLOURS: Record<string, Colour> = { True: 'green', False: 'red', Unknown: 'yellow' }

export function verdict(status: string, paint: Paint): string {
  return paint(COLOURS[status] ?? 'yellow', status)
}

function headOf(summary: Summary, now: number, paint: Paint): string {
  const { ready, message } = summary
  return pairs([
    ['tenant', [summary.tenant, ...statesOf(summary)].join(', ')],
    ['ready', `${verdict(ready, paint)}${message === '' ? '' : `  ${message}`}`],
    ['version', versionOf(summary)],
    ['country', summary.country],
    ['region', summary.region],
    ['cluster', summary.cluster],
    ['host', summary.host],
    ['residency', residencyOf(summary, now, paint)],
    ['last backup', backupOf(summary, now)],
    ['last report', reportOf(summary, now)],
  ])
}

export function statesOf({
  suspended,
  paused,
  deleting,
}: Pick<Summary, 'suspended' | 'paused' | 'deleting'>) {
  return [suspended && 'suspended', paused && 'paused', deleting && 'being deleted'].filter(
    state => state !== false,
  )
}

function versionOf({ version, wantedVersion }: Summary): string {
  const runs = version ?? 'nothing runs yet'
  return wantedVersion === undefined || wantedVersion === version
    ? runs
    : `${runs} (wanted: ${wantedVersion})`
}

function residencyOf({ residency }: Summary, now: number, paint: Paint): string {
  const { verified, sequence, at } = residency
  const entry = sequence === undefined ? 'no entry yet' : `entry ${sequence}, ${age(at, now)} ago`
  return `${verdict(verified, paint)}  ${entry}`
}

function backupOf({ backup: { at, archivedTo } = {} }: Summary, now: number): string | undefined {
  if (at === undefined) return undefined
  const reach = archivedTo === undefined ? '' : `; the archive reached to ${archivedTo} then`
  return `${age(at, now)} ago${reach}`
}

function reportOf({ lastReport }: Summary, now: number): string | undefined {
  if (!lastReport) return undefined
  const { monitor, at, monitors, neverReported } = lastReport
  const all = `${monitors} ${monitors === 1 ? 'monitor' : 'monitors'}`
  if (at === undefined) return `none yet, of ${all}`
  const never = neverReported === 0 ? '' : `, ${neverReported} of which never reported`
  return `${age(at, now)} ago, of monitor ${monitor}; ${all}${never}`
}

function conditionsOf({ conditions }: Summary, now: number, paint: Paint): string {
  const rows = conditions.map(({ type, status, lastTransitionTime, reason, message }) => [
    type,
    // These two are true while something goes on, and nothing is wrong with False.
    isState(type) ? status : verdict(status, paint),
    age(lastTransitionTime, now),
    reason,
    message,
  ])
  return table(['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'], rows)
}

function isState(type: string): boolean {
  return ['Progressing', 'Paused', 'Deleting', 'RolloutPaused'].includes(type)
}

function partsOf(parts: readonly Part[], paint: Paint): string {
  const rows = parts.flatMap(part => {
    const count = `${part.ready}/${part.wanted}`
    const shown = paint(isReady(part) ? 'green' : 'red', count)
    const [first = '', ...others] = part.why
    return [[part.name, shown, first], ...others.map(why => ['', '', why])]
  })
  return table(['PART', 'READY', 'WHY'], rows)
}

function eventsOf({ events }: Summary, now: number, paint: Paint): string {
  const rows = events
    .slice(-EVENTS_SHOWN)
    .map(({ at, type, object, reason, note, count }) => [
      age(at, now),
      paint(type === 'Warning' ? 'yellow' : 'dim', type),
      object,
      reason,
      count > 1 ? `${note} (${count} times)` : note,
    ])
  return table(['AGO', 'EVENT', 'OF', 'REASON', 'MESSAGE'], rows)
}
