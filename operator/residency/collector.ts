import type { Region } from '../resources/region.ts'

type Place = Pick<Region['spec'], 'domain' | 'telemetry'>

const SERVICE = /^[-a-z0-9]+\.[-a-z0-9]+\.svc(\.cluster\.local)?$/

/**
 * URL of the collector that processes in the region send metrics, traces and logs to: a Service of its cluster, or a
 * host below the Region's domain. Undefined: there is none, or it is elsewhere, as only a Region can have it that the
 * CRD's rules did not see; nothing is sent then.
 */
export function collectorOf({ domain, telemetry }: Place): string | undefined {
  const endpoint = telemetry?.otlpEndpoint ?? ''
  const { protocol, hostname = '' } = URL.parse(endpoint) ?? {}
  const isBelow = protocol === 'https:' && hostname.endsWith(`.${domain}`)
  const isService = (protocol === 'https:' || protocol === 'http:') && SERVICE.test(hostname)
  return isBelow || isService ? endpoint : undefined
}

/** Why nothing is sent although the Region has a collector, or nothing. */
export function collectorProblem(spec: Place): string | undefined {
  if (!spec.telemetry || collectorOf(spec) !== undefined) return undefined
  return `cannot send telemetry to ${spec.telemetry.otlpEndpoint}: it may be outside of the region, so nothing is sent; name a Service of the cluster, or https and a host below ${spec.domain}, in spec.telemetry.otlpEndpoint`
}
