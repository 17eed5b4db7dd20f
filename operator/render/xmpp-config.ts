import { DATABASE, tenantHost } from '../names.ts'
import { databaseHost } from './database-address.ts'
import type { TenantInput } from './input.ts'

export const XMPP_PORT = 5222
export const COMPONENT_PORT = 5347

/** Where the xmpp container finds its files. */
export const XMPP_PATHS = {
  config: '/etc/platen/xmpp',
  tls: '/etc/platen/tls',
  data: '/var/lib/prosody',
} as const

/** The environment variables that the configuration reads: secrets never stand in a ConfigMap. */
export const XMPP_ENVIRONMENT = {
  componentSecret: 'COMPONENT_SECRET',
  databaseUsername: 'DATABASE_USERNAME',
  databasePassword: 'DATABASE_PASSWORD',
} as const

/** The files of the ConfigMap `xmpp`. */
export function xmppFiles(input: TenantInput): Record<string, string> {
  return { 'prosody.cfg.lua': prosodyConfig(input), 'alive.lua': ALIVE }
}

/**
 * A Prosody that does one thing: monitors log in over TLS and talk to the ingest component in the same pod. No
 * server-to-server traffic, no offline storage, no registration. `ENV_X` is the environment variable X.
 * @see https://prosody.im/doc/configure
 */
function prosodyConfig(input: TenantInput): string {
  const { region, tenant } = input
  const host = tenantHost(tenant.metadata.name, region.spec.domain)
  const { componentSecret, databaseUsername, databasePassword } = XMPP_ENVIRONMENT
  return `daemonize = false
data_path = "${XMPP_PATHS.data}"
certificates = "${XMPP_PATHS.tls}"
log = { warn = "*console" } -- info tells of each connection, and the liveness probe makes one every few seconds
network_settings = { nagle = false, opportunistic_writes = true, tcp_backlog = 1024 }

c2s_interfaces = { "0.0.0.0" }
c2s_ports = { ${XMPP_PORT} }
component_interfaces = { "127.0.0.1" } -- the component link has no TLS
component_ports = { ${COMPONENT_PORT} }
modules_enabled = { "saslauth", "tls", "ping" }
modules_disabled = { "s2s", "offline", "register", "roster", "presence" }
allow_registration = false

c2s_require_encryption = true
c2s_stanza_size_limit = 256 * 1024
component_stanza_size_limit = 512 * 1024
ssl = { protocol = "tlsv1_2+" }

authentication = "internal_hashed"
storage = { accounts = "sql" }
sql_manage_tables = false
sql = {
  driver = "PostgreSQL",
  database = "${DATABASE.name}",
  host = "${databaseHost(input)}",
  port = ${DATABASE.port},
  username = ENV_${databaseUsername},
  password = ENV_${databasePassword},
}

VirtualHost "${host}"
  ssl = { certificate = "${XMPP_PATHS.tls}/tls.crt", key = "${XMPP_PATHS.tls}/tls.key", protocol = "tlsv1_2+" }

Component "ingest.${host}"
  component_secret = ENV_${componentSecret}
`
}

/**
 * The liveness probe. Prosody's PostgreSQL driver was seen to block it for ever after the database was killed: it still
 * accepts connections then, but answers no stream.
 */
const ALIVE = `local client = require "socket".tcp()
client:settimeout(4)
assert(client:connect("127.0.0.1", ${XMPP_PORT}))
assert(client:send('<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0">'))
assert(client:receive(1))
client:close()
`
