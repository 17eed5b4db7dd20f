import { Resolver } from 'node:dns/promises'
import type { LookUp } from './address-book.ts'

/** @param servers `address` or `address:port`; undefined: the system's */
export function dnsLookUp(servers: string[] | undefined): LookUp {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 })
  if (servers) resolver.setServers(servers)
  return async name => {
    const addresses = await resolver
      .resolve4(name)
      .catch(() => resolver.resolve6(name))
      .catch(() => [])
    return addresses.sort()[0]
  }
}

/**
 * The cluster's domain, by what kubelet writes into every pod's /etc/resolv.conf, e.g. `search NAMESPACE.svc.cluster.local
 * svc.cluster.local cluster.local`.
 */
export function clusterDomainOf(resolvConf: string): string {
  return /^search .*?(?<=\s)svc\.(\S+)/m.exec(resolvConf)?.[1] ?? 'cluster.local'
}
