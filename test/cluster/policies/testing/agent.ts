import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Runs inside a network namespace and does what lines of standard input ask for; ends with it. */
export type Request =
  | { do: 'listen'; protocol: 'TCP' | 'UDP'; port: number }
  /** Opens a connection, sends, and waits for the echo. */
  | { do: 'ask'; protocol: 'TCP' | 'UDP'; address: string; port: number; ms: number }
  /** The same on a connection that stays; `open` makes it. */
  | { do: 'open'; address: string; port: number; ms: number }
  | { do: 'again'; ms: number }
  /** Sends without an answer. */
  | { do: 'shout'; address: string; port: number }
  /** Whether a datagram without a question came to a listening port. */
  | { do: 'heard' }

const SHOUT = 'shout'
let held: Socket | undefined
let heard = false

async function listen(protocol: 'TCP' | 'UDP', port: number): Promise<boolean> {
  if (protocol === 'UDP') {
    const socket = createSocket('udp4')
    socket.on('message', (message, { address, port: from }) => {
      if (message.toString() === SHOUT) heard = true
      else socket.send(message, from, address)
    })
    socket.bind(port)
    await once(socket, 'listening')
    return true
  }
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(port)
  await once(server, 'listening')
  return true
}

async function echo(socket: Socket, ms: number): Promise<boolean> {
  const text = `${Math.random()}`
  socket.write(text)
  const signal = AbortSignal.timeout(ms)
  const [answer] = await once(socket, 'data', { signal })
  return `${answer}` === text
}

async function open(address: string, port: number, ms: number): Promise<Socket> {
  const socket = connectTcp({ host: address, port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ms) })
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw error
  }
  return socket
}

async function askTcp(address: string, port: number, ms: number): Promise<boolean> {
  const socket = await open(address, port, ms)
  try {
    return await echo(socket, ms)
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

/** Asks a few times: a datagram may be lost for other reasons. */
async function askUdp(address: string, port: number, ms: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.on('error', () => {})
  const ask = () => socket.send('ask', port, address, () => {})
  const asking = setInterval(ask, 100)
  ask()
  try {
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(ms) })
    return `${answer}` === 'ask'
  } finally {
    clearInterval(asking)
    socket.close()
  }
}

async function shout(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.bind()
  await once(socket, 'listening')
  socket.setBroadcast(true)
  await new Promise(resolve => socket.send(SHOUT, port, address, resolve))
  socket.close()
  return true
}

async function obey(request: Request): Promise<boolean> {
  switch (request.do) {
    case 'listen':
      return await listen(request.protocol, request.port)
    case 'ask': {
      const { address, port, ms } = request
      return await (request.protocol === 'UDP' ? askUdp : askTcp)(address, port, ms)
    }
    case 'open':
      held = await open(request.address, request.port, request.ms)
      held.on('error', () => {})
      return await echo(held, request.ms)
    case 'again':
      return held !== undefined && (await echo(held, request.ms))
    case 'shout':
      return await shout(request.address, request.port)
    case 'heard':
      return heard
  }
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...request } = JSON.parse(line)
  void obey(request as Request)
    .catch(() => false)
    .then(ok => process.stdout.write(`${JSON.stringify({ id, ok })}\n`))
}
process.exit(0)
