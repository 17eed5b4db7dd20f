import { once } from 'node:events'
import { createServer } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'

/** A way to an API server that passes on everything but what watches of one kind would tell after their lists. */
export interface DeafWay extends AsyncDisposable {
  /** A kubeconfig, as text. */
  kubeconfig: string
}

/** So an API server is itself for a minute or two after the definition of a kind was changed. */
export async function startDeafWay(kubeconfig: string, plural: string): Promise<DeafWay> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const access: RequestOptions = {}
  await config.applyToHTTPSOptions(access)
  const target = config.getCurrentCluster()?.server ?? ''
  const proxy = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    const isUnheard = url.includes(`/${plural}?`) && url.includes('watch=')
    const passed = request(`${target}${url}`, { ...access, method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      if (!isUnheard) return void answer.pipe(outgoing)
      outgoing.flushHeaders()
      answer.resume()
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('cannot listen')
  const server = `http://127.0.0.1:${address.port}`
  return {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'deaf', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'deaf', user: {} }],
      contexts: [{ name: 'deaf', context: { cluster: 'deaf', user: 'deaf' } }],
      'current-context': 'deaf',
    }),
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
