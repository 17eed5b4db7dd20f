import { Resolver } from 'node:dns/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, startChild, untilReady } from '@platen/local'
import { expect, it } from 'vitest'
import { assetsAtHand } from '../../kubernetes/assets.ts'
import {
  type ClusterAccess,
  describeKubernetes,
  sharedControlPlane,
} from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { corefile } from './dns.ts'

const domains = [
  { domain: 'de.platen.test', address: '192.0.2.11' },
  { domain: 's3.eu-west-3.test', address: '192.0.2.12' },
]

/** Not fetched for this: npm run cluster -- up does. */
const program = assetsAtHand(['coredns'])?.coredns
const needed = program
  ? ''
  : ' (skipped: CoreDNS is not in the cache; npm run cluster -- up gets it)'

describeKubernetes(`The resolver of a cluster${needed}`, () => {
  it.skipIf(!program)(
    'knows Services and the domains that it was given, and asks nobody else',
    async () => {
      const access = await sharedControlPlane()
      await access.kubectl(['apply', '--server-side', '-f', '-'], { input: objects })
      await using server = await startDns(access)
      const { resolver } = server
      expect(await resolver.resolve4('web.dns-test.svc.cluster.local')).toEqual([ADDRESS])
      expect(await resolver.reverse(ADDRESS)).toEqual(['web.dns-test.svc.cluster.local'])
      expect(await resolver.resolve4('acme.de.platen.test')).toEqual(['192.0.2.11'])
      expect(await resolver.resolve4('s3.eu-west-3.test')).toEqual(['192.0.2.12'])
      // The name is there, with no address of that kind: who hears that it does not exist, does not ask for the other.
      await expect(resolver.resolve6('acme.de.platen.test')).rejects.toThrow('ENODATA')
      await expect(resolver.resolve4('missing.dns-test.svc.cluster.local')).rejects.toThrow(
        'ENOTFOUND',
      )
      await expect(resolver.resolve4('example.com')).rejects.toThrow('ENOTFOUND')
      await expect(resolver.resolve4('other.platen.test')).rejects.toThrow('ENOTFOUND')
    },
  )
})

const ADDRESS = '10.97.11.12'
const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dns-test' } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'dns-test' },
    spec: { clusterIP: ADDRESS, ports: [{ port: 80 }] },
  },
]

interface RunningDns extends AsyncDisposable {
  resolver: Resolver
}

/** With the configuration of a cluster, but for where it listens and how it reaches the API server. */
async function startDns({ kubeconfig }: ClusterAccess): Promise<RunningDns> {
  const [port = 0, health = 0, ready = 0] = await freePorts(3)
  await using stack = new AsyncDisposableStack()
  const { path } = stack.use(temporaryDirectory())
  const file = join(path, 'Corefile')
  writeFileSync(
    file,
    corefile(domains)
      .replaceAll(':53', `:${port}`)
      .replace('health :8080', `health 127.0.0.1:${health}`)
      .replaceAll('ready :8181', `ready 127.0.0.1:${ready}`)
      .replace(/(kubernetes \{)/, `$1\n    kubeconfig ${kubeconfig}`),
  )
  const logFile = join(path, 'coredns.log')
  const args = ['-conf', file]
  const child = await startChild({ name: 'coredns', command: program ?? '', args, logFile })
  stack.defer(() => child.stop())
  const resolver = new Resolver({ tries: 2 })
  resolver.setServers([`127.0.0.1:${port}`])
  await untilReady(child, () =>
    resolver.resolve4('web.dns-test.svc.cluster.local').then(
      () => undefined,
      error => String(error),
    ),
  )
  const all = stack.move()
  return { resolver, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
