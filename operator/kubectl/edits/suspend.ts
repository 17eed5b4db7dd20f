import { type Call, type Command, onlyTenant } from '../command.ts'
import { STATUS } from '../failure.ts'
import { TENANTS } from '../read.ts'

export const suspend: Command = {
  name: 'suspend',
  takes: 'TENANT',
  summary: 'stops all of a tenant, and keeps its data',
  about: `
Sets spec.suspend: ingest, API and database are scaled to zero, and the tenant has no route. Its data is kept, and its monitors
hold their reports until kubectl platen resume, as long as their outboxes have room.`,
  options: {},
  run: async call => await setSuspended(suspend, call, true),
}

export const resume: Command = {
  name: 'resume',
  takes: 'TENANT',
  summary: 'starts a suspended tenant again',
  about:
    'Takes spec.suspend back: the tenant is prepared for the version that is wanted now, and serves again.',
  options: {},
  run: async call => await setSuspended(resume, call, false),
}

async function setSuspended(
  command: Command,
  { world, names }: Call,
  value: boolean,
): Promise<number> {
  const name = onlyTenant(command, names)
  await world.management.patch(TENANTS, name, { spec: { suspend: value } })
  world.terminal.print(`tenant ${name} ${value ? 'is being suspended' : 'starts again'}`)
  world.terminal.tell(`kubectl platen status ${name} shows how far it is`)
  return STATUS.done
}
