import { once } from 'node:events'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { portOf } from './port.ts'

/** Simulated: an API that gives one answer to every query, for what the real one does not have yet. */
export interface SimulatedApi extends AsyncDisposable {
  port: number
  /** What was asked, with which token. */
  asked: { query: string; authorization: string | undefined }[]
}

export async function startSimulatedApi(
  tls: { certificate: string; key: string },
  answer: object,
): Promise<SimulatedApi> {
  const asked: SimulatedApi['asked'] = []
  const server = createServer({ cert: tls.certificate, key: tls.key }, (incoming, outgoing) => {
    void text(incoming).then(body => {
      const { authorization } = incoming.headers
      asked.push({ query: JSON.parse(body).query, authorization })
      outgoing.end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
