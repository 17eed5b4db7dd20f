import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from 'selfsigned'
import { findAssets } from '../kubernetes/index.ts'

/** An S3 server over a folder, as a process of its own, on the loopback, with TLS of its own authority. */
export interface Store {
  endpoint: string
  bucket: string
  location: string
  certificate: string
  credentials: { id: string; secret: string }
  start(): Promise<void>
  stop(): Promise<void>
  /** A line for each request. */
  requests(): string[]
}

export async function makeStore(folder: string, port: number): Promise<Store> {
  const { versitygw } = await findAssets(['versitygw'], { tell: line => console.error(line) })
  const data = join(folder, 's3')
  mkdirSync(join(data, 'backups'), { recursive: true })
  const names = [{ type: 2 as const, value: 'localhost' }]
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: names }],
  })
  const [certFile, keyFile] = [join(folder, 's3.crt'), join(folder, 's3.key')]
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const log = join(folder, 's3.log')
  writeFileSync(log, '')
  let server: ChildProcess | undefined
  return {
    endpoint: `https://localhost:${port}`,
    bucket: 'backups',
    location: 'eu-central-1',
    certificate: cert,
    credentials: { id: 'key', secret: 'secret' },
    async start() {
      const options = ['--port', `127.0.0.1:${port}`, '--region', 'eu-central-1']
      server = spawn(versitygw, [...options, '--cert', certFile, '--key', keyFile, 'posix', data], {
        env: { ROOT_ACCESS_KEY: 'key', ROOT_SECRET_KEY: 'secret' },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      server.stdout?.pipe(createWriteStream(log, { flags: 'a' }))
      while (!(await answers(port))) await sleep(100)
    },
    async stop() {
      const running = server
      server = undefined
      if (!running || running.exitCode !== null) return
      running.kill()
      await once(running, 'exit')
    },
    requests: () => readFileSync(log, 'utf8').split('\n'),
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
