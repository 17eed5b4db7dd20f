import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import {
  type ClusterAccess,
  describeKubernetes,
  sharedControlPlane,
  startControlPlane,
} from './index.ts'

describeKubernetes('a control plane', () => {
  it('keeps its data and address when its API server is restarted or killed, and leaves nothing when it is stopped', async () => {
    const own = await startControlPlane({ name: 'own' })
    await own.kubectl(['create', 'configmap', 'kept', '--from-literal=a=b'])
    await own.restartApiServer()
    await own.stopApiServer('kill')
    await expect(own.kubectl(['get', 'configmap', 'kept'])).rejects.toThrow(/refused/)
    await own.startApiServer()
    expect(await own.kubectl(['get', 'configmap', 'kept', '-o=jsonpath={.data.a}'])).toBe('b')

    const pids = Object.values(own.pids())
    expect(pids.map(isAlive)).toEqual([true, true, true])
    await own.stop()
    expect(pids.map(isAlive)).toEqual([false, false, false])
    expect(existsSync(own.directory)).toBe(false)
  })

  it('ends with a process that is killed', async () => {
    const index = fileURLToPath(new URL('index.ts', import.meta.url))
    const script = `const { startControlPlane } = await import(${JSON.stringify(`file://${index}`)})
      const plane = await startControlPlane({ name: 'killed', controllers: 'none' })
      console.log(JSON.stringify({ pids: plane.pids(), directory: plane.directory }))`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await Array.fromAsync(firstLine(parent.stdout))
    const { pids } = JSON.parse(line ?? '')
    expect(isAlive(pids.etcd) && isAlive(pids.apiServer)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isAlive(pids.etcd) && !isAlive(pids.apiServer))
  })
})

describeKubernetes('a shared control plane', () => {
  let cluster: ClusterAccess
  beforeAll(async () => {
    cluster = await sharedControlPlane()
  })

  it('is the same for all who ask for its name', async () => {
    expect((await sharedControlPlane()).url).toBe(cluster.url)
  })

  it('finishes the deletion of a namespace', async () => {
    await cluster.kubectl(['create', 'namespace', 'shared-deletion'])
    await cluster.kubectl(['create', 'configmap', 'content', '--namespace=shared-deletion'])
    await cluster.kubectl(['delete', 'namespace', 'shared-deletion', '--timeout=60s'])
    await expect(cluster.kubectl(['get', 'namespace', 'shared-deletion'])).rejects.toThrow(
      /cannot run kubectl get namespace shared-deletion: .*not found/,
    )
  })

  it('lets users and service accounts do what RBAC allows, and no more', async () => {
    const access = ['auth', 'can-i', 'create', 'configmaps']
    const administrator = await cluster.userKubeconfig({ user: 'ann', groups: ['system:masters'] })
    expect(await cluster.kubectl(access, { kubeconfig: administrator })).toBe('yes\n')
    const account = await cluster.serviceAccountKubeconfig({
      namespace: 'default',
      name: 'default',
    })
    await expect(cluster.kubectl(access, { kubeconfig: account })).rejects.toThrow()
    const who = ['auth', 'whoami', '-o=jsonpath={.status.userInfo.username}']
    expect(await cluster.kubectl(who, { kubeconfig: account })).toBe(
      'system:serviceaccount:default:default',
    )
  })
})

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

async function* firstLine(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  for await (const line of createInterface({ input })) {
    yield line
    return
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`cannot wait longer for ${holds}`)
    await sleep(50)
  }
}
