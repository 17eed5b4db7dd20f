import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { serverCertificate } from './certificate.ts'
import { temporaryDirectory } from './directory.ts'
import { writeLicenceKey } from './licence-key.ts'
import { startProcess, type TestProcess } from './process.ts'
import { DOMAIN } from './prosody.ts'
import type { TestTenant } from './tenant.ts'

/** A tenant's API over TLS, at which monitors enrol. */
export interface EnrollingApi extends AsyncDisposable {
  process: TestProcess
  port: number
  /** PEM file that monitors must trust. */
  authorityFile: string
}

export async function startEnrollingApi(tenant: TestTenant): Promise<EnrollingApi> {
  const directory = temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  const { cert, key } = serverCertificate('localhost')
  writeFileSync(at('tls.crt'), cert)
  writeFileSync(at('tls.key'), key)
  writeLicenceKey(directory.path)
  const process = startProcess('services/api/main.ts', {
    PLATEN_DATABASE_URL: tenant.database.urlAs('platen_api'),
    PLATEN_API_PORT: '0',
    PLATEN_API_TLS_CERTIFICATE: at('tls.crt'),
    PLATEN_API_TLS_KEY: at('tls.key'),
    PLATEN_XMPP_DOMAIN: DOMAIN,
    PLATEN_XMPP_PORT: String(tenant.prosody.c2sPort),
    PLATEN_CERTIFICATE_AUTHORITY: tenant.prosody.caFile,
    PLATEN_LICENCE_KEY_DIRECTORY: directory.path,
  })
  const { apiPort } = await process.logged(/^listening$/, 60)
  return {
    process,
    port: Number(apiPort),
    authorityFile: at('tls.crt'),
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]()
      directory[Symbol.dispose]()
    },
  }
}

/** A way to a server on which answers get lost. */
export interface LossyRelay extends AsyncDisposable {
  port: number
  /** From now on the server's TLS handshake passes, and what it answers afterwards does not. */
  mute(): void
  /** Cuts all connections, and lets everything pass from now on. */
  heal(): void
}

/** @param port where it listens; any free one by default */
export async function startLossyRelay(target: number, port = 0): Promise<LossyRelay> {
  const open = new Set<Socket>()
  let isMuted = false
  const server = createServer(near => {
    const far = connect(target, '127.0.0.1')
    let asked = 0 // the first chunk of a client is its hello, the second ends its handshake
    near.on('data', chunk => {
      asked += 1
      far.write(chunk)
    })
    far.on('data', chunk => {
      if (!isMuted || asked < 2) near.write(chunk)
    })
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address ? address.port : port,
    mute() {
      isMuted = true
    },
    heal() {
      isMuted = false
      cut()
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
