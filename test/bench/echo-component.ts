import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { serve, settingsOf } from './worker.ts'

// The peer that the ingest is compared with: a component (XEP-0114) that answers every IQ with an empty result and looks
// at nothing but its id and addresses. It parses no XML.

export interface EchoComponentSettings {
  port: number
  name: string
  secret: string
}

const settings = settingsOf<EchoComponentSettings>()
const socket = connect({ port: settings.port, host: '127.0.0.1', noDelay: true })
socket.setEncoding('latin1')
await join(socket, settings)
socket.on(
  'data',
  createEcho(xml => socket.write(xml)),
)
socket.on('close', () => process.exit(1))
serve({}, () => process.exit())

async function join(to: Socket, { name, secret }: EchoComponentSettings): Promise<void> {
  to.write(
    `<stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams" to="${name}">`,
  )
  const id = /<stream:stream[^>]* id=['"]([^'"]*)/
  const [, streamId] = await received(to, id)
  const proof = createHash('sha1').update(`${streamId}${secret}`).digest('hex')
  to.write(`<handshake>${proof}</handshake>`)
  await received(to, /<handshake *\/>|<handshake><\/handshake>/)
}

function received(from: Socket, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise(resolve => {
    let text = ''
    const read = (chunk: string) => {
      text += chunk
      const match = pattern.exec(text)
      if (!match) return
      from.removeListener('data', read)
      resolve(match)
    }
    from.on('data', read)
  })
}

/** Reads chunks of the stream and answers each IQ when it is complete; all answers of a chunk in one write. */
function createEcho(send: (xml: string) => void): (chunk: string) => void {
  let open: string | undefined // head of the IQ that is being read, without its ">"
  let rest = '' // what may be the beginning of a tag
  let answers = ''

  /** Where the rest of the text begins once an IQ's head is read; undefined: it is not there yet. */
  function readHead(text: string, at: number): number | undefined {
    const begin = text.indexOf('<iq ', at)
    const end = text.indexOf('>', begin)
    if (begin >= 0 && end >= 0) {
      open = text.slice(begin, end)
      return end
    }
    rest = text.slice(begin < 0 ? Math.max(at, text.length - '<iq'.length) : begin)
    return undefined
  }

  function readEnd(text: string, at: number, head: string): number | undefined {
    const end = text.indexOf(END, at)
    if (end < 0) {
      rest = text.slice(Math.max(at, text.length - END.length + 1))
      return undefined
    }
    answers += `<iq type='result'${swapped(head)}/>`
    open = undefined
    return end + END.length
  }

  return chunk => {
    const text = rest + chunk
    rest = ''
    for (let at: number | undefined = 0; at !== undefined; ) {
      at = open === undefined ? readHead(text, at) : readEnd(text, at, open)
    }
    if (answers !== '') send(answers)
    answers = ''
  }
}

const END = '</iq>'

function swapped(head: string): string {
  return ` id='${attribute(head, 'id')}' from='${attribute(head, 'to')}' to='${attribute(head, 'from')}'`
}

/** As Prosody writes it: in single quotes. */
function attribute(head: string, name: string): string {
  const begin = head.indexOf(` ${name}='`) + name.length + 3
  return head.slice(begin, head.indexOf("'", begin))
}
