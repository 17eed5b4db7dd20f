import { createServer, type Server, type ServerResponse } from 'node:http'

/** Named conditions that all have to hold before a process takes work. */
export interface Health {
  ready(name: string, isReady: boolean): void
}

export interface HealthServerOptions {
  host: string
  /** 0: any free port. */
  port: number
  readiness: Readiness
  /** The text behind /metrics. */
  metricsText: () => Promise<string>
}

export interface HealthServer {
  port: number
  close(): Promise<void>
}

export type Readiness = Map<string, boolean>

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Serves /livez (200 as long as the event loop turns), /readyz (503 with the checks that fail) and /metrics. Rejects
 * when the port is not to be had.
 */
export async function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  const { host, readiness, metricsText } = options
  const pages: Record<string, () => Promise<Page>> = {
    '/livez': async () => ({ status: 200, text: 'ok\n' }),
    '/readyz': async () => readinessPage(readiness),
    '/metrics': async () => ({ status: 200, text: await metricsText(), type: PROMETHEUS_TEXT }),
  }
  const server = createServer(({ url = '/' }, response) => {
    const page = pages[url.split('?')[0] ?? '']
    if (!page) return send(response, { status: 404, text: 'give /livez, /readyz or /metrics\n' })
    page().then(
      page => send(response, page),
      () => send(response, { status: 500, text: 'cannot collect\n' }),
    )
  })
  const port = await listen(server, options.port, host)
  return { port, close: () => close(server) }
}

interface Page {
  status: number
  text: string
  type?: string
}

/** In the form of Kubernetes' own health endpoints: a line a check. Before the first check there is nothing to trust. */
function readinessPage(readiness: Readiness): Page {
  const lines = [...readiness].map(([name, isReady]) =>
    isReady ? `[+] ${name} ok` : `[-] ${name} not ready`,
  )
  const isReady = lines.length > 0 && [...readiness.values()].every(Boolean)
  lines.push(isReady ? 'ready' : 'not ready')
  return { status: isReady ? 200 : 503, text: `${lines.join('\n')}\n` }
}

function send(response: ServerResponse, { status, text, type }: Page): void {
  response.writeHead(status, { 'content-type': type ?? 'text/plain; charset=utf-8' }).end(text)
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      reject(new Error(`cannot serve health on port ${port}: ${error.message}`, { cause: error }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
