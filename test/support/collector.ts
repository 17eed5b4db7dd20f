import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'

export interface ExportedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  links?: { traceId: string; spanId: string }[]
}

/** A collector that takes OTLP/HTTP and keeps what it is given. */
export interface Collector extends AsyncDisposable {
  readonly endpoint: string
  /** Sends all of a process's telemetry here, as JSON and without delay. */
  readonly env: Record<string, string>
  /** What has been posted so far, in order of arrival. */
  readonly posts: { path: string; type: string; body: string }[]
  /** Every span posted so far as JSON. */
  spans(): ExportedSpan[]
}

export async function startCollector(): Promise<Collector> {
  const posts: Collector['posts'] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    posts.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return {
    endpoint,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
    posts,
    spans: () =>
      posts.filter(({ path }) => path === '/v1/traces').flatMap(({ body }) => spansOf(body)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface PostedTraces {
  resourceSpans: { scopeSpans: { spans: ExportedSpan[] }[] }[]
}

function spansOf(body: string): ExportedSpan[] {
  const { resourceSpans }: PostedTraces = JSON.parse(body)
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}
