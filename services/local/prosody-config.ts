/** What a Prosody for one tenant needs to know. */
export interface ProsodySettings {
  domain: string
  c2sPort: number
  componentPort: number
  componentSecret: string
  certificate: string
  key: string
  dataDirectory: string
  /** Where the accounts are: table `prosody` of the tenant's database. */
  database: { name: string; host: string; port: number; username: string; password: string }
}

/**
 * The configuration of a Prosody that does one thing: monitors log in over TLS and talk to the ingest component.
 * No server-to-server traffic, no offline storage, no registration, loopback only.
 * @see https://prosody.im/doc/configure
 */
export function prosodyConfig(s: ProsodySettings): string {
  const { database } = s
  return `-- Made by Platen at every start: changes are lost.
daemonize = false
data_path = ${lua(s.dataDirectory)}
certificates = ${lua(s.dataDirectory)}
log = { warn = "*console" } -- info tells of each connection, and the liveness probe makes one every few seconds
network_settings = { nagle = false, opportunistic_writes = true, tcp_backlog = 1024 }

interfaces = { "127.0.0.1" }
component_interfaces = { "127.0.0.1" }
c2s_ports = { ${s.c2sPort} }
component_ports = { ${s.componentPort} }
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
  database = ${lua(database.name)},
  host = ${lua(database.host)},
  port = ${database.port},
  username = ${lua(database.username)},
  password = ${lua(database.password)},
}

VirtualHost ${lua(s.domain)}
  ssl = { certificate = ${lua(s.certificate)}, key = ${lua(s.key)}, protocol = "tlsv1_2+" }

Component ${lua(`ingest.${s.domain}`)}
  component_secret = ${lua(s.componentSecret)}
`
}

/** A Lua string literal. */
function lua(text: string): string {
  return `"${text.replace(/[\\"\n\r\0]/g, c => `\\${c.charCodeAt(0).toString().padStart(3, '0')}`)}"`
}
