import { readFileSync, writeFileSync } from 'node:fs'
import type { KeyPair } from './certificates.ts'

/** How a client proves who it is. */
export type Credentials = KeyPair | { token: string }

export interface Connection {
  url: string
  /** PEM. */
  ca: string
  credentials: Credentials
}

/** Writes a kubeconfig file that needs no other file; JSON, which is YAML. */
export function writeKubeconfig(file: string, connection: Connection): void {
  writeContexts(file, { test: connection })
}

/** The same with several contexts, by name; the first one is the current one. */
export function writeContexts(file: string, connections: Record<string, Connection>): void {
  const named = Object.entries(connections)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named.map(([name, { url, ca }]) => ({
      name,
      cluster: { server: url, 'certificate-authority-data': toBase64(ca) },
    })),
    users: named.map(([name, { credentials }]) => ({ name, user: userOf(credentials) })),
    contexts: named.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': named[0]?.[0],
  }
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 })
}

function userOf(credentials: Credentials) {
  if ('token' in credentials) return { token: credentials.token }
  return {
    'client-certificate-data': toBase64(credentials.certificate),
    'client-key-data': toBase64(credentials.key),
  }
}

/** Of a file that `writeKubeconfig` wrote. */
export function readKubeconfig(file: string): Connection {
  const { clusters, users } = JSON.parse(readFileSync(file, 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = users[0].user
  const credentials = token
    ? { token }
    : { certificate: fromBase64(certificate), key: fromBase64(key) }
  return { url: server, ca: fromBase64(ca), credentials }
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64')
const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString()
