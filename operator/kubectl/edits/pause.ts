import { ANNOTATIONS } from '../../names.ts'
import type { Call, Command } from '../command.ts'
import { STATUS } from '../failure.ts'
import { TENANTS } from '../read.ts'
import { annotate } from './annotate.ts'
import { REGION_OPTION, soleTarget } from './target.ts'

export const pause: Command = {
  name: 'pause',
  takes: 'TENANT | --region REGION',
  summary: 'has the operator leave a tenant, or a region, alone',
  about: `
Sets the annotation platen.dev/paused: the operator changes nothing of it until kubectl platen unpause. What runs goes on.
Nobody looks at a paused tenant: what breaks stays broken, certificates are not renewed, and its residency is not verified.
The tenants of a paused region are looked after as ever.`,
  options: REGION_OPTION,
  run: async call => await setPaused(pause, call, 'true'),
}

export const unpause: Command = {
  name: 'unpause',
  takes: 'TENANT | --region REGION',
  summary: 'ends a pause',
  about:
    'Takes the annotation platen.dev/paused away: the operator looks after it again, and puts right what was changed meanwhile.',
  options: REGION_OPTION,
  run: async call => await setPaused(unpause, call, null),
}

const OF_A_TENANT =
  'ATTENTION: nobody looks at it now: its residency is not verified, and what breaks stays broken'

async function setPaused(command: Command, { world, names, given }: Call, value: 'true' | null) {
  const target = soleTarget(command, names, given)
  await annotate(world, target, ANNOTATIONS.paused, value)
  const { terminal } = world
  terminal.print(`${target.title} is ${value === null ? 'looked after again' : 'paused'}`)
  if (value !== null && target.kind === TENANTS)
    terminal.tell(terminal.paint('yellow', OF_A_TENANT))
  if (value !== null) {
    const rest = target.kind === TENANTS ? target.name : `--region ${target.name}`
    terminal.tell(`kubectl platen unpause ${rest} ends it`)
  }
  return STATUS.done
}
