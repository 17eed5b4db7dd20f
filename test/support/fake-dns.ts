import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** A name server of a few lines, in place of the cluster's: it knows the addresses of some names, and no others exist. */
export interface FakeDns extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string
  /** IPv4 addresses by name. */
  readonly names: Map<string, string>
  /** Answers nothing while it is true. */
  isSilent: boolean
}

const [ANSWER, NO_SUCH_NAME] = [0x8580, 0x8583]
const TYPE_A = 1

export async function startFakeDns(): Promise<FakeDns> {
  const socket = createSocket('udp4')
  const names = new Map<string, string>()
  const server = {
    names,
    isSilent: false,
    address: '',
    [Symbol.asyncDispose]: async () => void socket.close(),
  }
  socket.on('message', (message, { port, address }) => {
    if (!server.isSilent) socket.send(answer(message, names), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  server.address = `127.0.0.1:${socket.address().port}`
  return server
}

/** RFC 1035, section 4. */
function answer(query: Buffer, names: Map<string, string>): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const address = names.get(labels.join('.'))
  const hasAnswer = address !== undefined && query.readUInt16BE(at + 1) === TYPE_A
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(address === undefined ? NO_SUCH_NAME : ANSWER, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(hasAnswer ? 1 : 0, 6)
  const question = query.subarray(12, at + 5)
  if (!hasAnswer) return Buffer.concat([head, question])
  // The name (a pointer to the question), type A, class IN, 5 s, 4 bytes.
  const record = Buffer.from([
    0xc0,
    12,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    5,
    0,
    4,
    ...address.split('.').map(Number),
  ])
  return Buffer.concat([head, question, record])
}
