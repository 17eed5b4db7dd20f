import { parseArgs } from 'node:util'
import { follow } from '../../kubernetes/follow.ts'
import { readKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { type KubeObject, restTo } from '../../kubernetes/rest.ts'

/**
 * Stands for a cloud's load balancer: each Service of type LoadBalancer gets the one address that the node has for them.
 * kube-proxy does the rest, as it does behind a real one.
 */
const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, address: { type: 'string' } },
})
const { kubeconfig, address } = values
if (!kubeconfig || !address) throw new Error('cannot start: give --kubeconfig FILE --address IP')

const rest = restTo(readKubeconfig(kubeconfig))

function isWaiting({ spec, status }: KubeObject): boolean {
  if (spec.type !== 'LoadBalancer') return false
  return status.loadBalancer?.ingress?.[0]?.ip !== address
}

follow(rest, {
  path: '/api/v1/services',
  wanted: isWaiting,
  async each({ metadata: { namespace, name } }) {
    const body = { status: { loadBalancer: { ingress: [{ ip: address }] } } }
    const path = `/api/v1/namespaces/${namespace}/services/${name}/status`
    await rest.call('PATCH', path, { body, patch: 'merge' })
    process.stdout.write(`Service ${namespace}/${name} has ${address}\n`)
  },
})
