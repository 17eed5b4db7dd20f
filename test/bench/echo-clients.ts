import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connectXmpp } from '../support/xmpp-client.ts'
import { accountOf, type LoadCommands, type Server } from './load.ts'
import { serve, settingsOf } from './worker.ts'

// The load on bare Prosody: clients that write prepared IQs as they are and count what comes back, each with a window of
// unanswered ones. They parse no XML.

export interface EchoClientsSettings {
  server: Server
  clients: number
  /** Unanswered IQs of a client. */
  window: number
}

export interface EchoCommands extends LoadCommands {
  /** What to send, in turns. */
  prepare(iqs: string[]): void
}

interface Client {
  begin(): void
}

const settings = settingsOf<EchoClientsSettings>()
const ca = readFileSync(settings.server.caFile, 'utf8')
let iqs: Buffer[] = []
let isOpen = false
let next = 0
let unanswered = 0
let stanzas = 0
let bytes = 0

const clients: Client[] = []
for (let number = 1; number <= settings.clients; number += 1) clients.push(await login(number))

const commands: EchoCommands = {
  prepare(texts) {
    iqs = texts.map(text => Buffer.from(text))
  },
  begin(count) {
    isOpen = true
    for (const client of clients.slice(0, count)) client.begin()
  },
  count: () => ({ at: performance.now(), stanzas, reports: 0, bytes }),
  async end() {
    isOpen = false
    while (unanswered > 0) await delay(5)
  },
}
serve({ ...commands }, () => process.exit())

async function login(number: number): Promise<Client> {
  const { name: user, password } = accountOf(number)
  const { port, domain } = settings.server
  const { socket } = await connectXmpp({ port, domain, ca, user, password })
  return clientOn(socket)
}

function clientOn(socket: Socket): Client {
  function send(): void {
    const iq = iqs[next % iqs.length]
    if (!isOpen || !iq) return
    next += 1
    unanswered += 1
    bytes += iq.length
    socket.write(iq)
  }

  const countAnswers = createAnswerCounter()
  socket.removeAllListeners('data').setEncoding('latin1')
  socket.on('close', () => process.exit(1))
  socket.on('data', (chunk: string) => {
    const answers = countAnswers(chunk)
    stanzas += answers
    unanswered -= answers
    for (let sent = 0; sent < answers; sent += 1) send()
  })
  return {
    begin() {
      for (let sent = 0; sent < settings.window; sent += 1) send()
    },
  }
}

/** Counts results in chunks of a stream; throws on an error: a figure of refusals would be none. */
function createAnswerCounter(): (chunk: string) => number {
  let rest = ''
  return chunk => {
    const text = rest + chunk
    if (text.includes('<error')) throw new Error(`cannot measure: the server answers ${text}`)
    let answers = 0
    for (let at = text.indexOf('<iq '); at >= 0; at = text.indexOf('<iq ', at + 4)) answers += 1
    // "<iq" may be torn apart; four characters of it would be counted twice.
    rest = text.slice(-3)
    return answers
  }
}
