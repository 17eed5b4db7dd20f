import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'

export type { Dispatcher } from 'undici'

/** How requests reach an API server, and in whose name. */
export interface Access {
  dispatcher: Dispatcher
  /** Authorization, impersonation. */
  headers: Record<string, string>
}

export interface AccessSource extends AsyncDisposable {
  readonly origin: string
  /** Before every API path; empty unless the server is behind a gateway with paths. */
  readonly basePath: string
  current(): Promise<Access>
}

/** Token files change and exec plugins' certificates expire; KubeConfig itself reads files at most once a minute. */
const KEEP_MS = 10_000

/**
 * client-node makes a pool of connections, and so a TLS handshake, for each request. Here one pool is kept until the
 * certificates change.
 */
export function createAccess(config: KubeConfig, now = () => performance.now()): AccessSource {
  const { origin, pathname } = new URL(config.getCurrentCluster()?.server ?? '')
  let kept: { access: Promise<Access>; at: number } | undefined
  let pool: { dispatcher: Dispatcher; certificates: string } | undefined

  async function read(): Promise<Access> {
    const tls = await tlsOf(config)
    const certificates = [tls.ca, tls.cert, tls.key].join('\n')
    const context = new RequestContext(origin, HttpMethod.GET)
    await config.applySecurityAuthentication(context)
    if (pool?.certificates !== certificates) {
      const old = pool?.dispatcher
      pool = { dispatcher: poolFor(config, tls), certificates }
      // What runs on the old connections, such as a watch, ends by itself.
      void old?.close()
    }
    return { dispatcher: pool.dispatcher, headers: context.getHeaders() }
  }

  return {
    origin,
    basePath: pathname.replace(/\/$/, ''),
    current() {
      if (kept && now() - kept.at < KEEP_MS) return kept.access
      const access = read()
      kept = { access, at: now() }
      access.catch(() => {
        kept = undefined
      })
      return access
    },
    async [Symbol.asyncDispose]() {
      await kept?.access.catch(() => {})
      await pool?.dispatcher.destroy()
    },
  }
}

type Tls = Parameters<KubeConfig['applyToHTTPSOptions']>[0]

async function tlsOf(config: KubeConfig): Promise<Tls> {
  const options: Tls = {}
  await config.applyToHTTPSOptions(options)
  return options
}

/** Load balancers forget a connection that is silent for a minute. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 }

/**
 * HTTP/1.1 only: see docs/decisions/011-requests-to-the-api-server.md for what HTTP/2 did.
 * @throws Error when the kubeconfig asks for a kind of proxy that there is no pool for
 */
function poolFor(config: KubeConfig, tls: Tls): Dispatcher {
  const { ca, cert, key, rejectUnauthorized, servername } = tls
  const connect = { ...defined({ ca, cert, key, rejectUnauthorized, servername }), ...KEEP_ALIVE }
  const proxy = config.getCurrentCluster()?.proxyUrl
  if (!proxy) return new Agent({ allowH2: false, connect })
  if (!/^https?:/.test(proxy)) {
    throw new Error('cannot use proxy-url: only HTTP proxies are known; give http://HOST:PORT')
  }
  return new ProxyAgent({ uri: proxy, allowH2: false, requestTls: connect })
}

/** Without what is not set: undici takes an undefined value for one. */
function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
