import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** PEM texts. */
export interface KeyPair {
  certificate: string
  key: string
}

/** Who a client certificate says its holder is. */
export interface User {
  user: string
  groups?: string[]
}

const DAY = 86_400_000

/** Files of a control plane's folder. */
export const files = (directory: string) => ({
  ca: join(directory, 'ca.crt'),
  caKey: join(directory, 'ca.key'),
  server: join(directory, 'server.crt'),
  serverKey: join(directory, 'server.key'),
  accountKey: join(directory, 'service-accounts.key'),
  accountPublicKey: join(directory, 'service-accounts.pub'),
})

/** Where an API server is reached, besides by this machine itself. */
export interface Reach {
  addresses: string[]
  hosts: string[]
}

/** Makes the authority, the API server's certificate and the keys that sign service accounts' tokens. */
export async function makeCertificates(
  directory: string,
  { addresses, hosts }: Reach = { addresses: [], hosts: [] },
): Promise<void> {
  const at = files(directory)
  const ca = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...settings(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'keyUsage',
        keyCertSign: true,
        cRLSign: true,
        digitalSignature: true,
        critical: true,
      },
    ],
  })
  write(at.ca, ca.cert)
  write(at.caKey, ca.private)
  const server = await signed(directory, {
    commonName: 'kube-apiserver',
    names: [
      ...LOCAL,
      ...addresses.map(ip => ({ type: 7 as const, ip })),
      ...hosts.map(value => ({ type: 2 as const, value })),
    ],
    usage: 'server',
  })
  write(at.server, server.certificate)
  write(at.serverKey, server.key)
  const account = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  write(at.accountKey, account.privateKey)
  write(at.accountPublicKey, account.publicKey)
}

/** A client certificate of the control plane's authority: the common name is the user, organizations are groups. */
export function clientCertificate(
  directory: string,
  { user, groups = [] }: User,
): Promise<KeyPair> {
  return signed(directory, { commonName: user, organizations: groups, usage: 'client' })
}

/** A server certificate of the control plane's authority for DNS names. */
export function serverCertificate(directory: string, hosts: string[]): Promise<KeyPair> {
  const names = hosts.map(value => ({ type: 2 as const, value }))
  return signed(directory, { commonName: hosts[0] ?? 'server', names, usage: 'server' })
}

interface Subject {
  commonName: string
  organizations?: string[]
  /** Type 7 is an IP address, 2 a DNS name. */
  names?: ({ type: 2; value: string } | { type: 7; ip: string })[]
  usage: 'server' | 'client'
}

async function signed(directory: string, subject: Subject): Promise<KeyPair> {
  const at = files(directory)
  const { organizations = [], names = [] } = subject
  const made = await generate(
    [
      { name: 'commonName', value: subject.commonName },
      ...organizations.map(value => ({ name: 'organizationName', value })),
    ],
    {
      ...settings(),
      ca: { cert: readFileSync(at.ca, 'utf8'), key: readFileSync(at.caKey, 'utf8') },
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        {
          name: 'extKeyUsage',
          serverAuth: subject.usage === 'server',
          clientAuth: subject.usage === 'client',
        },
        ...(names.length > 0 ? [{ name: 'subjectAltName' as const, altNames: names }] : []),
      ],
    },
  )
  return { certificate: made.cert, key: made.private }
}

const LOCAL = [
  { type: 7 as const, ip: '127.0.0.1' },
  { type: 2 as const, value: 'localhost' },
  { type: 2 as const, value: 'kubernetes.default.svc' },
]

/** Valid from a minute ago: a clock that is read in whole seconds must not find it in the future. */
function settings() {
  return {
    keyType: 'ec' as const,
    algorithm: 'sha256' as const,
    notBeforeDate: new Date(Date.now() - 60_000),
    notAfterDate: new Date(Date.now() + 30 * DAY),
  }
}

function write(file: string, pem: string): void {
  writeFileSync(file, pem, { mode: 0o600 })
}
