import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderTenant, type Tenant, type TenantInput } from '@platen/operator'
import { type Container, type Image, startContainer } from './container.ts'
import type { Store } from './store.ts'

/** A tenant's database pod: containers, arguments and configuration are those that the operator renders. */
export interface Database {
  volume: string
  /** Starts PostgreSQL, and waits until it answers. */
  start(): Promise<Container>
  keep(): Container
  /** Ends what runs, in a pod's order. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** The container `restore`, to its end. */
  restore(restore: Tenant['spec']['restore']): Promise<{ status: number; told: string }>
  beginRestore(restore: Tenant['spec']['restore']): Container
  /** The Job `backup`, to its end. */
  backUp(): Promise<{ status: number; told: string }>
  sql(query: string): Promise<string>
  /** As the ConfigMap is there or not. */
  allow(isAllowed: boolean): void
}

export interface Setting {
  image: Image
  store: Store
  folder: string
  port: number
  input: TenantInput
}

const SECRETS: Record<string, string> = {
  'database-owner/username': 'platen',
  'database-owner/password': 'secret',
}

let count = 0

export function makeDatabase(setting: Setting): Database {
  const { image, folder, port, store, input } = setting
  const [volume, socket, config] = ['volume', 'run', 'config'].map(name =>
    owned(join(folder, name)),
  )
  if (!volume || !socket || !config) throw new Error('cannot make the folders')
  const name = input.tenant.metadata.name
  const mounts = {
    '/var/lib/postgresql': volume,
    '/var/run/postgresql': socket,
    '/etc/platen/backup': config,
  }
  const running = new Set<Container>()
  const begin = (pod: PodSpec, which: string) => {
    const found = [...(pod.initContainers ?? []), ...pod.containers].find(one => one.name === which)
    if (!found) throw new Error(`no container ${which} is rendered`)
    const container = startContainer(image, {
      name: `${name}-${which}-${++count}`,
      args: found.args ?? [],
      env: { ...variables(found), ...local(port) },
      mounts,
    })
    running.add(container)
    void container.ended.then(() => running.delete(container))
    return container
  }
  const pod = (restore?: Tenant['spec']['restore']) =>
    podOf(withRestore(input, restore), 'StatefulSet')
  let server: Container | undefined
  const self: Database = {
    volume,
    async start() {
      const started = begin(pod(), 'postgresql')
      server = started
      await answering(started)
      return started
    },
    keep: () => begin(pod(), 'backup'),
    async stop() {
      const all = [...running]
      await Promise.all(all.map(one => one.kill('TERM')))
      await Promise.all(all.map(one => one.ended))
    },
    async kill() {
      const all = [...running]
      await Promise.all(all.map(one => one.kill('KILL')))
      await Promise.all(all.map(one => one.ended))
    },
    beginRestore: restore => begin(pod(restore), 'restore'),
    async restore(restore) {
      const container = self.beginRestore(restore)
      return { status: await container.ended, told: container.told() }
    },
    async backUp() {
      const container = begin(podOf(input, 'CronJob'), 'backup')
      return { status: await container.ended, told: container.told() }
    },
    async sql(query) {
      if (!server) throw new Error('nothing runs')
      return await server.exec(...PSQL, '--dbname', 'platen', '--command', query)
    },
    allow(isAllowed) {
      rmSync(join(config, 'pgbackrest.conf'), { force: true })
      if (isAllowed) writeConfig(config, input, store)
    },
  }
  self.allow(true)
  return self
}

const PSQL = [
  ...['psql', '--no-psqlrc', '--quiet', '--no-align', '--tuples-only'],
  ...['--username', 'postgres', '--host', '/var/run/postgresql'],
]

async function answering(container: Container): Promise<void> {
  let hasEnded = false
  void container.ended.then(() => {
    hasEnded = true
  })
  const probe = 'pg_isready -q -h 127.0.0.1 -t 4'
  while (
    !(await container.exec('sh', '-c', probe).then(
      () => true,
      () => false,
    ))
  ) {
    if (hasEnded) throw new Error(`PostgreSQL ended: ${container.log()}`)
    await sleep(200)
  }
}

function owned(path: string): string {
  mkdirSync(path, { recursive: true })
  chownSync(path, 10001, 10001)
  return path
}

function withRestore(input: TenantInput, restore: Tenant['spec']['restore']): TenantInput {
  if (!restore) return input
  const { tenant } = input
  return { ...input, tenant: { ...tenant, spec: { ...tenant.spec, restore } } }
}

interface Variable {
  name: string
  value?: string
  valueFrom?: { secretKeyRef?: { name?: string; key: string } }
}

interface Rendered {
  name: string
  args?: string[]
  env?: Variable[]
}

interface PodSpec {
  initContainers?: Rendered[]
  containers: Rendered[]
}

interface Spec {
  template?: { spec: PodSpec }
  jobTemplate?: { spec: Spec }
}

function podOf(input: TenantInput, kind: 'StatefulSet' | 'CronJob'): PodSpec {
  const name = kind === 'StatefulSet' ? 'database' : 'backup'
  const spec = find(input, kind, name).spec as Spec
  const pod = (spec.jobTemplate?.spec ?? spec).template?.spec
  if (!pod) throw new Error(`${kind} ${name} has no pod`)
  return pod
}

function find(input: TenantInput, kind: string, name: string) {
  const found = renderTenant(input).find(one => one.kind === kind && one.metadata.name === name)
  if (!found) throw new Error(`no ${kind} ${name} is rendered`)
  return found
}

function variables({ env = [] }: Rendered): Record<string, string> {
  return Object.fromEntries(env.map(variable => [variable.name, textOf(variable)]))
}

function textOf({ value, valueFrom }: Variable): string {
  const { name, key } = valueFrom?.secretKeyRef ?? {}
  if (value === 'database') return '127.0.0.1'
  return value ?? SECRETS[`${name}/${key}`] ?? ''
}

/** All pods share this machine's addresses, so each has a port of its own. */
function local(port: number): Record<string, string> {
  return { PGPORT: String(port), PGBACKREST_PG1_PORT: String(port) }
}

function writeConfig(folder: string, input: TenantInput, store: Store): void {
  const map = find(input, 'ConfigMap', 'backup') as { data?: Record<string, string> }
  const files = {
    ...map.data,
    AWS_ACCESS_KEY_ID: store.credentials.id,
    AWS_SECRET_ACCESS_KEY: store.credentials.secret,
    'ca.crt': store.certificate,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
