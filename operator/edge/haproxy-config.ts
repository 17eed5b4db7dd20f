/** What differs between a cluster and a test: everything else is the same for every region. */
export interface HaproxyOptions {
  /** Where HAProxy listens. */
  xmppPort: number
  tlsPort: number
  healthPort: number
  /** Ports of the tenants' Services `ingest` and `api`. */
  ingestPort: number
  apiPort: number
  /** The runtime socket, through which the agent speaks. */
  socket: string
  /** Lines of `HOST INGEST,API`, addresses or `none`; written by the agent. */
  map: string
  /**
   * Connections at a time from one source address (IPv6: one /64). Absent where sources cannot be told apart, because
   * a node or a balancer of the platform's own stands before HAProxy.
   */
  perSource?: {
    all: number
    /** New ones within ten seconds. */
    fresh: number
    /** To one tenant's API, which has far fewer than the edge: nobody alone may take them all. */
    toOneApi: number
  }
  /** Connections to one of a tenant's two Services, each of which has its own entrance. */
  perTenant: {
    /** At a time. */
    all: number
    /** New ones within ten seconds. TLS costs the tenant's API a millisecond or two for each; who asks it keeps his. */
    fresh: { tls: number; xmpp: number }
  }
}

/**
 * The configuration of a region's edge, for HAProxy 2.6: TLS by its server name, STARTTLS by the stream header's `to`,
 * and both are passed through as they are. Nothing in it names a tenant: routes are in the map alone. Nothing is logged.
 */
export function haproxyConfig(o: HaproxyOptions): string {
  return `# Made by platen-operator: changes are lost.
global
  stats socket ${o.socket} mode 600 level admin
  stats timeout 30s
  # As many connections as file descriptors allow, up to about 32,000.
  fd-hard-limit 65536
  # After SIGUSR1 nobody new is let in; after this time the last connections end as well.
  hard-stop-after 20s

defaults
  mode tcp
  timeout connect 5s
  # A quiet monitor is fine. Peers that are gone without a word are found by TCP keep-alive.
  timeout client 1h
  timeout server 1h
  timeout client-fin 30s
  timeout server-fin 30s
  option clitcpka
  clitcpka-idle 60s
  clitcpka-intvl 15s
  clitcpka-cnt 4
  option srvtcpka
  srvtcpka-idle 60s
  srvtcpka-intvl 15s
  srvtcpka-cnt 4

frontend health
  mode http
  timeout client 5s
  bind *:${o.healthPort}
  monitor-uri /livez
  http-request deny

frontend tls
  bind *:${o.tlsPort}
${perSource(o)}  tcp-request inspect-delay 5s
${tooFast(o)}  # Waits for the whole ClientHello, and ends what is something else.
  tcp-request content reject unless { req.ssl_hello_type 1 }
  tcp-request content set-var(txn.address) '${address('req.ssl_sni', o.map, 2)}'
${perTenant(o.perTenant.all, o.perTenant.fresh.tls)}${perSourceAndApi(o)}  tcp-request content accept if ${ROUTED}
  tcp-request content reject
  default_backend api

frontend xmpp
  bind *:${o.xmppPort}
${perSource(o)}  tcp-request inspect-delay 5s
${tooFast(o)}  # Into variables, since a rule that looks at the buffer itself waits for more before the next rule is tried.
  tcp-request content set-var(txn.length) req.len
  tcp-request content set-var(txn.header) req.payload(0,0)
  tcp-request content set-var(txn.whole) bool(true) if { var(txn.header) -m reg '${HEADER}' }
  tcp-request content set-var(txn.to) 'var(txn.header),regsub("${HEADER_WITH_TO}","\\1")' if { var(txn.whole) -m found }
  tcp-request content set-var(txn.address) '${address('var(txn.to)', o.map, 1)}' if { var(txn.whole) -m found }
${perTenant(o.perTenant.all, o.perTenant.fresh.xmpp)}  tcp-request content accept if ${ROUTED}
  tcp-request content reject if { var(txn.whole) -m found }
  tcp-request content reject if { var(txn.header) -m reg '^\\s*+[^\\s<]' }
  tcp-request content reject if { var(txn.length) -m int ge ${HEADER_MAX} }
  # No name within the delay.
  tcp-request content reject if WAIT_END
  default_backend ingest

backend ingest
  tcp-request content set-dst var(txn.address)
  server tenant 0.0.0.0:${o.ingestPort}

backend api
  tcp-request content set-dst var(txn.address)
  server tenant 0.0.0.0:${o.apiPort}

# Counts in memory only, by the address of the tenant's Service.
backend tenants
  stick-table type string len 64 size 100k expire 1m store conn_cur,conn_rate(10s)
${sources(o)}`
}

/** Somebody's Service is known for the name. */
const ROUTED = '{ var(txn.address) -m found } !{ var(txn.address) -m str none }'

/** Bytes within which a stream header must end: the longest sensible one has some hundred. */
const HEADER_MAX = 2048

/** An XML declaration may come before the header (RFC 6120, section 4.4). Nothing here ever backtracks. */
const START = String.raw`^\s*+(?:<\?xml\b[^?>]*+\?>\s*+)?+<(?:[\w.-]++:)?+stream`
/** HAProxy's parser takes no quotes inside an expression; PCRE knows them by number. */
const VALUE = String.raw`(?:\x22[^\x22<]*+\x22|\x27[^\x27<]*+\x27)`
const NAME = String.raw`[\w:.-]++`
const EQUALS = String.raw`\s*+=\s*+`

/** A whole stream header, whatever its prefix and attributes. */
const HEADER = `${START}(?:\\s++${NAME}${EQUALS}${VALUE})*+\\s*+>`

/** The same as one that has a \`to\`, which is \\1, and all that follows; any other header is left as it is, and is no host. */
const HEADER_WITH_TO = `${START}(?:\\s++(?!to\\s*+=)${NAME}${EQUALS}${VALUE})*+\\s++to${EQUALS}[\\x22\\x27]([\\w.-]++)[\\x22\\x27][\\s\\S]*+$`

/** The address in the map's line for a host: 1 is that of ingest, 2 that of the API. */
function address(host: string, map: string, field: 1 | 2): string {
  return `${host},lower,map_str(${map}),field(${field},",")`
}

/** Whoever has an IPv6 address has its whole /64. */
const SOURCE = 'src,ipmask(32,64)'

/** Once it is known whose it is: nobody's flood takes the connections of the others. */
function perTenant(all: number, fresh: number): string {
  return `  tcp-request content track-sc1 var(txn.address) table tenants if ${ROUTED}
  tcp-request content reject if { sc1_conn_cur(tenants) gt ${all} }
  tcp-request content reject if { sc1_conn_rate(tenants) gt ${fresh} } WAIT_END
`
}

function perSource({ perSource }: HaproxyOptions): string {
  if (perSource === undefined) return ''
  return `  tcp-request connection track-sc0 ${SOURCE} table sources
  tcp-request connection reject if { sc0_conn_cur(sources) gt ${perSource.all} }
`
}

/** Who comes too fast is held for the whole delay, and then closed: an answer at once would bring the next one at once. */
function tooFast({ perSource }: HaproxyOptions): string {
  if (perSource === undefined) return ''
  return `  tcp-request content reject if { sc0_conn_rate(sources) gt ${perSource.fresh} } WAIT_END
`
}

function perSourceAndApi({ perSource }: HaproxyOptions): string {
  if (perSource === undefined) return ''
  return `  tcp-request content track-sc2 ${SOURCE},concat(" ",txn.address) table sources_of_apis if ${ROUTED}
  tcp-request content reject if { sc2_conn_cur(sources_of_apis) gt ${perSource.toOneApi} }
`
}

function sources({ perSource }: HaproxyOptions): string {
  if (perSource === undefined) return ''
  return `
# Counts in memory only.
backend sources
  stick-table type ipv6 size 100k expire 1m store conn_cur,conn_rate(10s)

# By source and the address of the tenant's Service.
backend sources_of_apis
  stick-table type string len 96 size 100k expire 1m store conn_cur
`
}
