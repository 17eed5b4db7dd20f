import { ANNOTATIONS } from '../../names.ts'
import { type Call, type Command, nameOf } from '../command.ts'
import { STATUS } from '../failure.ts'
import { REGIONS } from '../read.ts'
import { annotate, newRequest } from './annotate.ts'
import { REGION_OPTION, targetOf } from './target.ts'

export const rotate: Command = {
  name: 'rotate',
  takes: 'TENANT [SECRET ...] | --region REGION [SECRET ...]',
  summary: 'has secrets made anew; without SECRET all',
  about: `
Sets the annotation platen.dev/rotate to the secrets' names, or all, with the time behind it, so that the same can be asked for
again. Only pods that use a rotated secret restart; docs/secrets.md tells what each one is for. A name that there is not is
refused by the operator: the condition CertificatesReady says so.`,
  options: REGION_OPTION,
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const target = targetOf(rotate, names, given)
  const secrets = target.others.map(name => nameOf(rotate, 'SECRET', name))
  const what = secrets.length === 0 ? 'all' : secrets.join(',')
  await annotate(world, target, ANNOTATIONS.rotate, `${what}@${newRequest(new Date())}`)
  world.terminal.print(
    `${target.title}: ${what === 'all' ? 'all secrets' : secrets.join(', ')} will be made anew`,
  )
  const look =
    target.kind === REGIONS
      ? `kubectl describe region ${target.name}`
      : `kubectl platen status ${target.name}`
  world.terminal.tell(`the condition CertificatesReady tells how it went: ${look}`)
  return STATUS.done
}
