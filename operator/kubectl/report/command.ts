import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import manifest from '../../package.json' with { type: 'json' }
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import { type Call, type Command, nameOf, type World } from '../command.ts'
import { Failure, messageOf, STATUS } from '../failure.ts'
import { REGIONS, readTenant, TENANTS } from '../read.ts'
import { type Seen, see } from '../seen.ts'
import { gatherOperator, gatherRegion, gatherTenant } from './contents.ts'
import { createGathering, type ReportFile } from './gather.ts'
import { createRedact } from './redact.ts'

export const report: Command = {
  name: 'report',
  takes: '[TENANT ...]',
  summary: 'gathers what support needs into one file, without personal data',
  about: `
Writes a tar.gz with versions, Regions and Tenants without their display names, conditions, events, the state of workloads, pods,
nodes, quotas and claims, the names of network policies and ConfigMaps, and the ends of the logs; without TENANT of all tenants.
No Secret is read, and no environment, argument, label or content of a ConfigMap gets in. From all texts, also from logs, are
taken out: the display names, addresses (IP, MAC, e-mail), what looks like a serial number, a password, a token or a key, and what
PostgreSQL quotes of stored data. Look through it before you send it all the same.`,
  options: {
    output: { value: 'FILE', help: 'where it goes (-o); by default platen-report-TIME.tar.gz' },
  },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const wanted = names.map(name => nameOf(report, 'TENANT', name))
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')
  const output = given.text('output') ?? `platen-report-${time}.tar.gz`
  const files = await gather(world, wanted)
  try {
    writeFileSync(output, archiveOf(files, `platen-report-${time}`))
  } catch (cause) {
    throw new Failure(
      `cannot write ${output}: ${messageOf(cause)}; name another one with --output`,
      { cause },
    )
  }
  world.terminal.print(output)
  return STATUS.done
}

async function gather(world: World, wanted: readonly string[]): Promise<ReportFile[]> {
  const { management, terminal } = world
  const all = await see(() => management.list<Tenant>(TENANTS))
  const tenants = await chosen(world, wanted, all)
  const regions = await see(() => management.list<Region>(REGIONS))
  const gathering = createGathering(createRedact((all.value ?? tenants).flatMap(namesIn)))
  if (all.value === undefined) gathering.miss('the list of all Tenants', all.why)
  if (regions.value === undefined) gathering.miss('the Regions', regions.why)
  terminal.progress('reading the operator ...')
  await gatherOperator(gathering, world)
  const concerned = (regions.value ?? []).filter(isConcerned(wanted, tenants))
  for (const region of concerned) {
    terminal.progress(`reading region ${region.metadata.name} ...`)
    await gatherRegion(gathering, world, region)
  }
  for (const [index, tenant] of tenants.entries()) {
    terminal.progress(
      `reading tenant ${tenant.metadata.name}, ${index + 1} of ${tenants.length} ...`,
    )
    const region = concerned.find(({ metadata }) => metadata.name === regionOf(tenant))
    await gatherTenant(gathering, world, { tenant, region })
  }
  return [introduction(gathering.notReadable), ...gathering.files]
}

async function chosen(
  world: World,
  wanted: readonly string[],
  all: Seen<Tenant[]>,
): Promise<Tenant[]> {
  if (wanted.length > 0) return await Promise.all(wanted.map(name => readTenant(world, name)))
  if (all.value) return all.value
  throw new Failure(`cannot list the tenants: ${all.why}; name those that the report is about`)
}

function isConcerned(wanted: readonly string[], tenants: readonly Tenant[]) {
  return ({ metadata }: Region) =>
    wanted.length === 0 || tenants.some(tenant => regionOf(tenant) === metadata.name)
}

function regionOf({ spec, status }: Tenant): string | undefined {
  return status?.region ?? spec.regionRef?.name
}

/** All that a Tenant calls something by for people. */
function namesIn({ spec }: Tenant): string[] {
  return [spec.displayName, ...(spec.sites ?? []).map(({ displayName }) => displayName)].filter(
    name => name !== undefined,
  )
}

function introduction(notReadable: readonly string[]): ReportFile {
  const unread = notReadable.length === 0 ? ['everything was readable'] : notReadable
  const lines = [
    `A report of kubectl platen ${manifest.version}.`,
    'Names for people, addresses, serial numbers, passwords, tokens and keys were taken out: [name], [address], ...',
    '',
    'What could not be read:',
    ...unread.map(line => `- ${line}`),
  ]
  return { name: 'README.txt', content: `${lines.join('\n')}\n` }
}

function archiveOf(files: readonly ReportFile[], folder: string): Uint8Array {
  const entries = files.map(({ name, content }) => ({
    name: `${folder}/${name}`,
    data: new TextEncoder().encode(content),
  }))
  // The archive has nobody's name either.
  return gzipSync(
    createTar(entries, { attrs: { mode: '644', uid: 0, gid: 0, user: '', group: '' } }),
  )
}
