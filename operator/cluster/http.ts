import type { AccessSource, Dispatcher } from './access.ts'
import { type Deed, failure, refusal } from './errors.ts'
import { abortable } from './waits.ts'

export interface HttpRequest {
  method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE'
  /** With query. */
  path: string
  /** Is sent as JSON. */
  body?: unknown
  contentType?: string
  accept?: string
  signal: AbortSignal
  deed: Deed
}

export interface Http {
  text(request: HttpRequest): Promise<string>
  /** The parsed answer. */
  json<T>(request: HttpRequest): Promise<T>
  /** Each line of the answer as it comes; gives up after `silenceMs` without a byte. */
  lines(
    request: HttpRequest,
    stream: { silenceMs: number; onOpen: () => void },
  ): AsyncGenerator<string>
}

/** An object is at most 1.5 MiB in etcd, a page has 500, and hardly any of ours has more than 10 KiB. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const NO_ANSWER_MS = 30_000

export interface HttpOptions {
  /** Told about each `Warning` header: deprecated versions, pods that Pod Security would refuse. */
  onWarning?: (warning: string) => void
}

export function createHttp(access: AccessSource, { onWarning }: HttpOptions): Http {
  async function send(request: HttpRequest, silenceMs: number) {
    const { method, path, body, contentType = 'application/json', signal } = request
    const { dispatcher, headers } = await abortable(access.current(), signal)
    const answer = await dispatcher.request({
      origin: access.origin,
      path: access.basePath + path,
      method,
      headers: {
        ...headers,
        accept: request.accept ?? 'application/json',
        'user-agent': 'platen-operator',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: NO_ANSWER_MS,
      bodyTimeout: silenceMs,
      signal,
    })
    if (answer.statusCode >= 300) throw await refused(request, answer)
    for (const warning of warnings(answer.headers.warning)) onWarning?.(warning)
    return answer
  }

  async function whole(request: HttpRequest): Promise<string> {
    try {
      const answer = await send(request, NO_ANSWER_MS)
      return await text(answer.body)
    } catch (cause) {
      throw failure(request.deed, cause, request.signal)
    }
  }

  return {
    text: whole,
    json: async request => JSON.parse(await whole(request)),
    async *lines(request, { silenceMs, onOpen }) {
      try {
        const answer = await send(request, silenceMs)
        onOpen()
        yield* splitLines(answer.body)
      } catch (cause) {
        throw failure(request.deed, cause, request.signal)
      }
    },
  }
}

type Answer = Awaited<ReturnType<Dispatcher['request']>>

async function refused({ deed }: HttpRequest, { statusCode, headers, body }: Answer) {
  const retryAfter = headers['retry-after']
  return refusal(deed, {
    code: statusCode,
    body: await text(body),
    ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
  })
}

async function text(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new Error(`the answer is over ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length).toString()
}

/** Bytes are joined before they are decoded: a character may be split between two chunks. */
export async function* splitLines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let started: Buffer[] = []
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      started.push(chunk.subarray(from, end))
      yield Buffer.concat(started).toString()
      started = []
      from = end + 1
    }
    if (from < chunk.length) started.push(chunk.subarray(from))
  }
}

/** RFC 9111 says `299 - "text"`, with quotes in the text escaped. */
function warnings(header: string | string[] | undefined): string[] {
  const lines = header === undefined ? [] : [header].flat()
  return lines.flatMap(line =>
    [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
      text.replaceAll(/\\(.)/g, '$1'),
    ),
  )
}
