import type { AddressBook } from './address-book.ts'
import { type HostMap, hostMap, targetOf } from './map.ts'
import type { Routes } from './routes.ts'

export interface Targets {
  /**
   * Finds where the routes lead: to the Services `ingest` and `api` of their namespaces. The same map as the last time is the
   * same object: most of the time nothing changes.
   * @param before addresses that a process before this one has learnt, for those that this one does not know yet
   */
  find(routes: Routes, before: HostMap): Promise<HostMap>
}

interface Found {
  routes: Routes
  names: string[]
  map: HostMap
}

/** @param clusterDomain e.g. `cluster.local` */
export function createTargets(book: AddressBook, clusterDomain: string): Targets {
  const nameOf = (service: string, namespace: string) =>
    `${service}.${namespace}.svc.${clusterDomain}`
  let last: Found | undefined

  function mapOf(routes: Routes, before: HostMap): HostMap {
    return hostMap(
      [...routes].map(([host, namespace]) => {
        const old = targetOf(before.get(host) ?? '')
        const ingest = book.addressOf(nameOf('ingest', namespace), old.ingest)
        return [host, { ingest, api: book.addressOf(nameOf('api', namespace), old.api) }]
      }),
    )
  }

  return {
    async find(routes, before) {
      const isNew = last?.routes !== routes
      const names = isNew ? namesOf(routes, nameOf) : (last?.names ?? [])
      const isChanged = await book.refresh(names)
      if (last === undefined || isNew || isChanged) {
        last = { routes, names, map: mapOf(routes, before) }
      }
      return last.map
    },
  }
}

function namesOf(routes: Routes, nameOf: (service: string, namespace: string) => string): string[] {
  return [...routes.values()].flatMap(name => [nameOf('ingest', name), nameOf('api', name)])
}
