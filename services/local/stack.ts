import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { markDirectory } from './data-directory.ts'
import { type Fleet, startFleet } from './fleet.ts'
import type { Options } from './options.ts'
import { freePorts } from './ports.ts'
import { startPostgresql } from './postgresql.ts'
import { startProsody } from './prosody.ts'
import { findProsody } from './prosody-install.ts'
import type { Endpoint } from './readiness.ts'
import { startRoom } from './room-process.ts'
import { openSecrets } from './secrets.ts'
import type { Supervisor } from './supervisor.ts'
import { DOMAIN, MONITOR, prepareTenant } from './tenant.ts'

/**
 * Starts one tenant's whole chain below a supervisor, in the order in which the parts need each other. What can be
 * wrong with the user's input (port, recordings, database) comes first.
 */
export async function startStack(
  options: Options,
  directory: string,
  supervisor: Supervisor,
  tell: (line: string) => void,
): Promise<Endpoint & { monitorStarted: Date }> {
  await refuseTakenPort(options.port)
  const logDirectory = join(directory, 'logs')
  mkdirSync(logDirectory, { recursive: true, mode: 0o700 })
  const target = await targetOf(options, logDirectory, supervisor)
  markDirectory(directory, options.source)
  await findProsody(tell)
  const room = (name: string, env: Record<string, string>) =>
    supervisor.run(name.split('/').at(-1) as string, () =>
      startRoom({ room: name, env, logDirectory }),
    )

  const postgresql = await supervisor.run('postgresql', () =>
    startPostgresql({ directory: join(directory, 'postgresql') }),
  )
  const secrets = openSecrets(directory)
  const tenant = await prepareTenant(postgresql.url, directory, secrets)
  const [c2sPort, componentPort, freePort] = (await freePorts(3)) as [number, number, number]
  const prosody = await supervisor.run('prosody', () =>
    startProsody({
      directory: join(directory, 'prosody'),
      domain: DOMAIN,
      databaseUrl: tenant.prosodyUrl,
      componentSecret: secrets.componentSecret,
      c2sPort,
      componentPort,
    }),
  )
  await room('services/ingest', {
    PLATEN_DATABASE_URL: tenant.url,
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_COMPONENT_HOST: '127.0.0.1',
    PLATEN_COMPONENT_PORT: String(componentPort),
    PLATEN_COMPONENT_SECRET: secrets.componentSecret,
  })
  const apiPort = options.port || freePort
  await room('services/api', {
    PLATEN_DATABASE_URL: tenant.url,
    PLATEN_API_HOST: '127.0.0.1',
    PLATEN_API_PORT: String(apiPort),
  })
  const monitorStarted = new Date()
  await room('monitor', {
    PLATEN_DATA: join(directory, 'monitor'),
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_XMPP_HOST: '127.0.0.1',
    PLATEN_XMPP_PORT: String(c2sPort),
    PLATEN_XMPP_USER: MONITOR,
    PLATEN_XMPP_PASSWORD: secrets.monitorPassword,
    PLATEN_XMPP_CA_FILE: prosody.caFile,
    PLATEN_SNMP_COMMUNITIES: options.communities.join(','),
    PLATEN_NETWORKS: target.networks.join(','),
    PLATEN_SNMP_PORT: String(target.port),
    // Simulated printers change while one looks.
    ...(options.source.kind === 'network' ? {} : { PLATEN_POLL_SECONDS: '15' }),
  })
  return { url: `http://127.0.0.1:${apiPort}/graphql`, token: tenant.token, monitorStarted }
}

/** Where the monitor looks: at real printers, or at simulated ones that are started for it. */
async function targetOf(
  { source }: Options,
  logDirectory: string,
  supervisor: Supervisor,
): Promise<{ networks: string[]; port: number }> {
  if (source.kind === 'network') return { networks: source.networks, port: 161 }
  let port = 0 // a fleet that is started again answers where the first one did
  const fleet = await supervisor.run<Fleet>('fleet', async () => {
    const started = await startFleet(source, logDirectory, port)
    port = started.port
    return started
  })
  return fleet
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', cause => {
      const why =
        'code' in cause && cause.code === 'EADDRINUSE' ? 'another program uses it' : cause.message
      reject(
        new Error(`cannot listen on port ${port}: ${why}; name another with --port`, { cause }),
      )
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
  })
}
