import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, freePorts, startChild } from '@platen/local'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { findAssets } from '../../kubernetes/assets.ts'

/** A port of this machine that leads to a Service's port 443. */
export interface Forward extends AsyncDisposable {
  port: number
}

const PAUSE_MS = 500

/** By the API server, because nothing else of a cluster need be reachable from here. It comes back when its pod was replaced. */
export async function forward(
  cluster: ClusterAccess,
  { namespace, name }: { namespace: string; name: string },
): Promise<Forward> {
  const { kubectl } = await findAssets(['kubectl'])
  const [port = 0] = await freePorts(1)
  const to = ['port-forward', `service/${name}`, `${port}:443`]
  const stop = new AbortController()
  let child: Child | undefined

  async function keep(): Promise<void> {
    while (!stop.signal.aborted) {
      child = await startChild({
        name: `way to ${namespace}`,
        command: kubectl,
        args: ['--kubeconfig', cluster.kubeconfig, '--namespace', namespace, ...to],
        logFile: join(cluster.directory, `${namespace}.log`),
      })
      if (stop.signal.aborted) await child.stop(0)
      await child.exited
      await sleep(PAUSE_MS, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  const done = keep()
  return {
    port,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await child?.stop(0)
      await done
    },
  }
}
