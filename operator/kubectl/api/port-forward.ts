import { createInterface } from 'node:readline'
import { EDGE } from '../../edge/owned.ts'
import { regionNamespace } from '../../names.ts'
import type { Kubectl } from '../kubectl.ts'
import { Refusal, readRefusal } from '../refusal.ts'
import type { Address } from './address.ts'

export interface Forward {
  address: Address
  close(): void
}

const PATIENCE_MS = 15_000
const FORWARDING = /^Forwarding from 127\.0\.0\.1:(\d+) ->/

/**
 * A way to the region's edge through the API server: into a tenant's namespace nobody may forward a port, and nobody has
 * to, since the edge leads there. @throws Refusal
 */
export function forwardToEdge(kubectl: Kubectl, region: string): Promise<Forward> {
  const namespace = regionNamespace(region)
  const child = kubectl.start([
    'port-forward',
    '--namespace',
    namespace,
    '--address',
    '127.0.0.1',
    `service/${EDGE}`,
    ':443',
  ])
  const close = () => void child.kill()
  // A process that ends leaves no kubectl behind.
  process.once('exit', close)
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  return new Promise((resolve, reject) => {
    const refuse = (text: string) => {
      clearTimeout(timer)
      close()
      reject(new Refusal(`forward a port to the edge of region ${region}`, readRefusal(text)))
    }
    const timer = setTimeout(() => refuse('no answer in 15 s'), PATIENCE_MS)
    child.once('error', error => refuse(error.message))
    child.once('close', () => refuse(said))
    if (!child.stdout) return refuse('it has no output')
    createInterface({ input: child.stdout }).on('line', line => {
      const port = FORWARDING.exec(line)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve({ address: { host: '127.0.0.1', port: Number(port) }, close })
    })
  })
}
