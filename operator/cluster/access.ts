import { HttpMethod, type KubeConfig, RequestContext } from '@kubernetes/client-node'

/** undici's pool of connections, as client-node makes it: with the certificates and proxies of the kubeconfig. */
export type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>

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
 * client-node makes a pool of connections, and so a TLS handshake, for each request. Here the pool is kept until the
 * certificates change: see docs/decisions/011-requests-to-the-api-server.md.
 */
export function createAccess(config: KubeConfig, now = () => performance.now()): AccessSource {
  const { origin, pathname } = new URL(config.getCurrentCluster()?.server ?? '')
  let kept: { access: Promise<Access>; at: number } | undefined
  let pool: { dispatcher: Dispatcher; certificates: string } | undefined

  async function read(): Promise<Access> {
    const certificates = await certificatesOf(config)
    const context = new RequestContext(origin, HttpMethod.GET)
    await config.applySecurityAuthentication(context)
    const dispatcher = context.getDispatcher()
    if (!dispatcher) throw new Error('the kubeconfig has no certificate authority')
    if (pool?.certificates !== certificates) {
      const old = pool?.dispatcher
      pool = { dispatcher, certificates }
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

async function certificatesOf(config: KubeConfig): Promise<string> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {}
  await config.applyToHTTPSOptions(options)
  return [options.ca, options.cert, options.key].join('\n')
}
