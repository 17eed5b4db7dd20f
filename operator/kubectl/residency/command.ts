import type { Places } from '@platen/ledger'
import { age } from '../age.ts'
import { type Call, type Command, JSON_OUTPUT, onlyTenant, wantsJson } from '../command.ts'
import { STATUS } from '../failure.ts'
import { readTenant } from '../read.ts'
import { verdict } from '../status/print.ts'
import { pairs, table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { lookAtResidency, type ResidencySight } from './sight.ts'

export const residency: Command = {
  name: 'residency',
  takes: 'TENANT',
  summary: "where a tenant's data was seen, and whether that is where it must be",
  about: `
Shows the operator's verdict, what the newest entry of the ledger says was seen where, what speaks against it, and the ledger's
head. Below it is what this command sees itself now: the node of each pod and the places that each volume allows, by the
region's label. The verdict is the operator's; kubectl platen ledger --verify checks what it signed.`,
  options: JSON_OUTPUT,
  statuses: { wrong: 'the residency is violated', open: 'it is unknown' },
  run,
}

const STATUSES = { True: STATUS.done, False: STATUS.wrong, Unknown: STATUS.open }

async function run({ world, names, given }: Call): Promise<number> {
  const json = wantsJson(residency, given)
  const tenant = await readTenant(world, onlyTenant(residency, names))
  const sight = await lookAtResidency(world, tenant)
  const { terminal } = world
  terminal.print(json ? JSON.stringify(sight, null, 2) : printed(sight, terminal.paint))
  return STATUSES[sight.verified]
}

function printed(sight: ResidencySight, paint: Terminal['paint']): string {
  const { newest, now, notReadable } = sight
  const blocks = [
    headOf(sight, paint),
    (newest?.reasons ?? []).map(reason => `- ${reason}`).join('\n'),
    table(
      ['SEEN NOW', 'PLACE', 'BY'],
      now.map(({ object, place, by }) => [object, coloured(sight, place, paint), by]),
    ),
    notReadable.map(line => paint('yellow', line)).join('\n'),
  ]
  return blocks.filter(block => block !== '').join('\n\n')
}

function coloured({ promised }: ResidencySight, place: string, paint: Terminal['paint']): string {
  if (place === promised?.place) return paint('green', place)
  return paint(place === '?' ? 'yellow' : 'red', place)
}

function headOf(sight: ResidencySight, paint: Terminal['paint']): string {
  const { tenant, verified, reason, message, country, promised, head } = sight
  return pairs([
    ['tenant', tenant],
    ['verified', `${verdict(verified, paint)}  ${reason}${message === '' ? '' : `: ${message}`}`],
    ['country', country],
    ['promised', promised && `${promised.place} (${promised.label}), region ${promised.region}`],
    ['head', head && `entry ${head.sequence} of ${head.at}: ${head.hash}`],
    ...seenIn(sight),
  ])
}

function seenIn({ newest }: ResidencySight): [string, string | undefined][] {
  if (!newest) return []
  const { facts, sequence, at, verdict: said } = newest
  return [
    ['entry', `${sequence}, ${age(at, Date.now())} ago: ${said}`],
    ['  pods', placesOf(facts.pods)],
    ['  volumes', placesOf(facts.volumes)],
    ['  backups', facts.backup],
    ['  telemetry', facts.telemetry],
    ['  policies', `${facts.policies.own} of ours, ${facts.policies.foreign} foreign`],
  ]
}

function placesOf(places: Places): string {
  const all = Object.entries(places).map(([place, count]) => `${place} ${count}`)
  return all.length === 0 ? 'none' : all.join(', ')
}
