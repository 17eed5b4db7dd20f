import type { AddressBook } from './address-book.ts'
import { type HostMap, hostMap, targetOf } from './map.ts'
import type { Routes } from './routes.ts'

export interface TargetsOptions {
  book: AddressBook
  /** E.g. `cluster.local`. */
  clusterDomain: string
}

/**
 * Finds where the routes lead: to the Services `ingest` and `api` of their namespaces.
 * @param before addresses that a process before this one has learnt, for those that this one does not know yet
 */
export async function findTargets(
  routes: Routes,
  before: HostMap,
  { book, clusterDomain }: TargetsOptions,
): Promise<HostMap> {
  const nameOf = (service: string, namespace: string) =>
    `${service}.${namespace}.svc.${clusterDomain}`
  await book.refresh(
    [...routes.values()].flatMap(name => [nameOf('ingest', name), nameOf('api', name)]),
  )
  return hostMap(
    [...routes].map(([host, namespace]) => {
      const old = targetOf(before.get(host) ?? '')
      const ingest = book.addressOf(nameOf('ingest', namespace)) ?? old.ingest
      return [host, { ingest, api: book.addressOf(nameOf('api', namespace)) ?? old.api }]
    }),
  )
}
