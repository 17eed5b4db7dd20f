import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** The client's side of one SCRAM-SHA-1 login (RFC 5802), without channel binding. */
export interface ScramLogin {
  /** client-first-message. */
  first: string
  /** client-final-message, in answer to the server-first-message. Rejects when that is not one. */
  answer(serverFirst: string): Promise<string>
  /** Whether the server-final-message proves that the server knows the password as well. */
  isProof(serverFinal: string): boolean
}

/** More rounds than this are no protection but an attack on the client's time. */
const MOST_ITERATIONS = 1_000_000
/** RFC 5802, section 5.1: a server asks for at least this many. */
const LEAST_ITERATIONS = 4096

const pbkdf2Async = promisify(pbkdf2)

export function scramLogin(user: string, password: string, nonce: string): ScramLogin {
  const bare = `n=${saslName(user)},r=${nonce}`
  let serverSignature: Buffer | undefined

  return {
    first: `n,,${bare}`,
    async answer(serverFirst) {
      const { nonce: fullNonce, salt, iterations } = readServerFirst(serverFirst, nonce)
      const salted = await pbkdf2Async(password.normalize('NFKC'), salt, iterations, 20, 'sha1')
      const unproved = `c=biws,r=${fullNonce}`
      const message = `${bare},${serverFirst},${unproved}`
      const clientKey = hmac(salted, 'Client Key')
      const signature = hmac(createHash('sha1').update(clientKey).digest(), message)
      serverSignature = hmac(hmac(salted, 'Server Key'), message)
      const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))
      return `${unproved},p=${Buffer.from(proof).toString('base64')}`
    },
    isProof(serverFinal) {
      const given = Buffer.from(attributes(serverFinal).get('v') ?? '', 'base64')
      if (serverSignature?.length !== given.length) return false
      return timingSafeEqual(serverSignature, given)
    },
  }
}

function readServerFirst(message: string, nonce: string) {
  const fields = attributes(message)
  const fullNonce = fields.get('r') ?? ''
  const salt = Buffer.from(fields.get('s') ?? '', 'base64')
  const iterations = Number(fields.get('i'))
  const isOurs = fullNonce.startsWith(nonce) && fullNonce.length > nonce.length
  const isBounded = iterations >= LEAST_ITERATIONS && iterations <= MOST_ITERATIONS
  if (!isOurs || salt.length === 0 || !isBounded || fields.has('m')) {
    throw new Error("cannot log in: the server's SCRAM challenge is not valid")
  }
  return { nonce: fullNonce, salt, iterations }
}

function attributes(message: string): Map<string, string> {
  return new Map(message.split(',').map(part => [part.slice(0, 1), part.slice(2)]))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha1', key).update(text).digest()
}

/** RFC 5802, section 5.1: commas and equals signs are coded. */
function saslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}
