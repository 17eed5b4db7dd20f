import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import snmp, { type User } from 'net-snmp'

export interface V3Agent extends AsyncDisposable {
  port: number
}

/** The library's own agent for SNMPv3 on 127.0.0.1, with these scalars: name to OID without the last 0, and text. */
export async function v3Agent(
  user: User,
  scalars: Record<string, [string, string]>,
): Promise<V3Agent> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const agent = snmp.createAgent(
    { dgramModule: { createSocket: () => alreadyBound(socket) } },
    () => {}, // told of every request, and of every refusal
  )
  agent.getAuthorizer().addUser(user)
  for (const [name, [oid, value]] of Object.entries(scalars)) {
    agent.registerProvider({
      name,
      type: snmp.MibProviderType.Scalar,
      oid,
      scalarType: snmp.ObjectType.OctetString,
      maxAccess: snmp.MaxAccess['read-only'],
    })
    agent.getMib().setScalarValue(name, value)
  }
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: async () => {
      const end = once(socket, 'close')
      agent.close()
      await end
    },
  }
}

/** The library takes port 0 for 161, so the socket is bound before. */
function alreadyBound(socket: Socket) {
  return {
    bind: () => {},
    on: socket.on.bind(socket),
    send: socket.send.bind(socket),
    address: socket.address.bind(socket),
    close: socket.close.bind(socket),
  }
}
