import { isIP } from 'node:net'
import type { Addresses } from './input.ts'

/** What an egress rule allows. Without ports: all of them. */
export interface Egress {
  to: unknown[]
  ports?: { port: number; protocol: 'TCP' }[]
}

const IN_CLUSTER = /^[^.]+\.([^.]+)\.svc(\.|$)/

/** The rules that let a pod reach a URL: none when nobody knows the addresses of its host. */
export function egressTo(url: string, { hosts }: Addresses): Egress[] {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '') // brackets of an IPv6 address
  const namespace = IN_CLUSTER.exec(host)?.[1]
  // A Service's port is not always its pods', and policies look at the pods'.
  if (namespace !== undefined) return [{ to: [inNamespace(namespace)] }]
  const ips = isIP(host) ? [host] : (hosts[host] ?? [])
  if (ips.length === 0) return []
  return [toAddresses(ips, Number(port || (protocol === 'http:' ? 80 : 443)))]
}

export function toAddresses(ips: string[], port: number): Egress {
  const blocks = [...new Set(ips)].sort().map(ip => `${ip}/${isIP(ip) === 6 ? 128 : 32}`)
  return { to: blocks.map(cidr => ({ ipBlock: { cidr } })), ports: tcp(port) }
}

/** The API server itself puts this label on every namespace. */
export function inNamespace(name: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }
}

export function tcp(...ports: number[]): { port: number; protocol: 'TCP' }[] {
  return ports.map(port => ({ port, protocol: 'TCP' }))
}
