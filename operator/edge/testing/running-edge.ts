import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../../../test/support/directory.ts'
import { type FakeDns, startFakeDns } from '../../../test/support/fake-dns.ts'
import { startHaproxy, type TestHaproxy } from '../../../test/support/haproxy.ts'
import { freePorts } from '../../../test/support/ports.ts'
import { startProcess, type TestProcess } from '../../../test/support/process.ts'
import { haproxyConfig } from '../haproxy-config.ts'
import type { Route } from '../input.ts'
import { routesText } from '../routes.ts'
import { addressOf } from './fake-tenants.ts'

/** What an edge pod holds: a real HAProxy, and the agent as a process beside it. */
export interface RunningEdge extends AsyncDisposable {
  readonly xmpp: number
  readonly tls: number
  readonly dns: FakeDns
  readonly haproxy: TestHaproxy
  readonly agent: TestProcess
  readonly mapFile: string
  /** As the kubelet does when the ConfigMap has changed. */
  write(text: string): void
  /** Writes routes to the fake tenants of these numbers, each with its host. */
  route(tenants: Iterable<number>, more?: Route[]): void
  startAgent(): void
  startHaproxy(): Promise<void>
}

const DOMAIN = 'test.example'

export function hostOf(tenant: number): string {
  return `t${tenant}.${DOMAIN}`
}

function namespaceOf(tenant: number): string {
  return `tenant-t${tenant}`
}

/** The name of a Service, as the cluster's name server knows it. */
export function nameOf(service: 'ingest' | 'api', namespace: string): string {
  return `${service}.${namespace}.svc.cluster.test`
}

/** Where all the tenants' servers listen, each on its own address. */
export interface TenantPorts {
  ingest: number
  api: number
}

export async function startEdge(ports: TenantPorts): Promise<RunningEdge> {
  const directory = temporaryDirectory()
  const [xmpp = 0, tls = 0, healthPort = 0] = await freePorts(3)
  const dns = await startFakeDns()
  const path = (name: string) => join(directory.path, name)
  const mapFile = path('routes.map')
  const socket = path('haproxy.sock')
  const config = haproxyConfig({
    xmppPort: xmpp,
    tlsPort: tls,
    healthPort,
    ingestPort: ports.ingest,
    apiPort: ports.api,
    socket,
    map: mapFile,
    perTenant: { all: 4_000, fresh: { tls: 4_000, xmpp: 4_000 } },
  })
  const launchHaproxy = () => {
    if (!existsSync(mapFile)) writeFileSync(mapFile, '') // as the container's command does
    return startHaproxy({ directory: directory.path, config, port: xmpp })
  }
  const launchAgent = () =>
    startProcess('services/edge/main.ts', {
      PLATEN_EDGE_ROUTES: path('routes'),
      PLATEN_EDGE_MAP: mapFile,
      PLATEN_EDGE_SOCKET: socket,
      PLATEN_CLUSTER_DOMAIN: 'cluster.test',
      PLATEN_DNS_SERVERS: dns.address,
    })
  const write = (text: string) => {
    writeFileSync(path('routes.new'), text)
    renameSync(path('routes.new'), path('routes'))
  }
  write(routesText([]))
  const running = { haproxy: await launchHaproxy(), agent: launchAgent() }

  return {
    xmpp,
    tls,
    dns,
    mapFile,
    write,
    get haproxy() {
      return running.haproxy
    },
    get agent() {
      return running.agent
    },
    route(tenants, more = []) {
      const numbers = [...tenants]
      for (const tenant of numbers) {
        dns.names.set(nameOf('ingest', namespaceOf(tenant)), addressOf(tenant))
        dns.names.set(nameOf('api', namespaceOf(tenant)), addressOf(tenant))
      }
      const routes = numbers.map(tenant => ({
        host: hostOf(tenant),
        namespace: namespaceOf(tenant),
      }))
      write(routesText([...routes, ...more]))
    },
    startAgent() {
      running.agent = launchAgent()
    },
    async startHaproxy() {
      running.haproxy = await launchHaproxy()
    },
    async [Symbol.asyncDispose]() {
      await running.agent[Symbol.asyncDispose]()
      await running.haproxy[Symbol.asyncDispose]()
      await dns[Symbol.asyncDispose]()
      directory[Symbol.dispose]()
    },
  }
}
