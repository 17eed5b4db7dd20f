import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '@platen/telemetry'
import { createAddressBook } from './address-book.ts'
import { createAgent } from './agent.ts'
import { clusterDomainOf, dnsLookUp } from './dns.ts'
import { createMetrics } from './metrics.ts'
import { watchRoutesFile } from './routes-file.ts'
import { createRuntime } from './runtime.ts'
import type { EdgeSettings } from './settings.ts'
import { createTargets } from './targets.ts'

const POLL_MS = 1_000

/** Starts the agent beside HAProxy. HAProxy goes on without it, with the routes that it has. */
export async function startEdge(process: RunningProcess<EdgeSettings>): Promise<void> {
  const { settings, logger, health, meter, onStop } = process
  const { routesFile, mapFile, socket, dnsServers } = settings
  const clusterDomain = settings.clusterDomain ?? (await systemDomain())
  // The API server's own Service is in every cluster.
  const witness = `kubernetes.default.svc.${clusterDomain}`
  const lookUp = dnsLookUp({ servers: dnsServers, witness })
  const agent = createAgent({
    file: watchRoutesFile(routesFile),
    targets: createTargets(createAddressBook({ lookUp }), clusterDomain),
    runtime: createRuntime(socket, mapFile),
    mapFile,
    metrics: createMetrics(meter),
    health,
    logger,
  })
  health.ready('routes', false)
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    while (!signal.aborted) {
      await agent.turn()
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const running = run()
  onStop('agent', () => {
    stopping.abort()
    return running
  })
}

async function systemDomain(): Promise<string> {
  return clusterDomainOf(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''))
}
