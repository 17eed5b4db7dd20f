import { Resolver } from 'node:dns/promises'
import type { LookUp } from './address-book.ts'

export interface DnsOptions {
  /** `address` or `address:port`; absent: the system's. */
  servers: string[] | undefined
  /**
   * A name that always has an address. A name server that does not know it has just started, or cannot reach the API server:
   * that it knows no other name either means nothing.
   */
  witness: string
}

export function dnsLookUp({ servers, witness }: DnsOptions): LookUp {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 })
  if (servers) resolver.setServers(servers)

  async function ask(name: string): Promise<string | undefined> {
    const addresses =
      (await resolver.resolve4(name).catch(denied)) ?? (await resolver.resolve6(name).catch(denied))
    return addresses?.sort()[0]
  }

  return async name => {
    const address = await ask(name)
    if (address === undefined && (await ask(witness)) === undefined) {
      throw new Error('cannot look up a name: the name server does not know the cluster')
    }
    return address
  }
}

/** The name has no such address, or does not exist; anything else is no answer. */
function denied(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOTFOUND' && error.code !== 'ENODATA') throw error
}

/**
 * The cluster's domain, by what kubelet writes into every pod's /etc/resolv.conf, e.g. `search NAMESPACE.svc.cluster.local
 * svc.cluster.local cluster.local`.
 */
export function clusterDomainOf(resolvConf: string): string {
  return /^search .*?(?<=\s)svc\.(\S+)/m.exec(resolvConf)?.[1] ?? 'cluster.local'
}
