import { expect, it } from 'vitest'
import { placementProblem } from '../reconcile/region/placement-rules.ts'
import type { Region } from '../resources/region.ts'
import { collectorOf } from './collector.ts'
import { LABEL, region } from './residency.support.ts'

const withCollector = (otlpEndpoint: string) => ({ ...region.spec, telemetry: { otlpEndpoint } })

it.each([
  { why: 'A Service is inside the cluster.', url: 'http://otel.observability.svc:4318' },
  { why: 'It has a longer name, too.', url: 'https://otel.observability.svc.cluster.local' },
  { why: 'The domain is the region.', url: 'https://otel.de.platen.example:4318' },
])('sends: $why', ({ url }) => {
  expect(collectorOf(withCollector(url))).toBe(url)
})

it.each([
  { why: 'Another host may be anywhere.', url: 'https://otel.example' },
  { why: 'Another region is another place.', url: 'https://otel.fr.platen.example' },
  { why: 'A name that only ends alike is below no dot.', url: 'https://evilde.platen.example' },
  { why: 'The domain itself is not below it.', url: 'https://de.platen.example' },
  { why: 'A Service is named in the middle only.', url: 'https://a.b.svc.example.com' },
  { why: 'Every namespace has a name.', url: 'http://otel.svc' },
  { why: 'An address says nothing about its place.', url: 'https://192.0.2.1:4318' },
  { why: 'A user in front is not the host.', url: 'https://a.b.svc@example.com' },
  { why: 'Plain HTTP leaves the cluster.', url: 'http://otel.de.platen.example' },
  { why: 'Nonsense is nowhere.', url: '192.0.2.1' },
])('sends nothing, and says so: $why', ({ url }) => {
  const spec = withCollector(url)
  expect(collectorOf(spec)).toBeUndefined()
  const storage = {
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [{ matchLabelExpressions: [{ key: LABEL, values: ['eu-de'] }] }],
  }
  const nodes = [{ [LABEL]: 'eu-de' }]
  expect(placementProblem({ ...region, spec } as Region, storage, nodes)).toBe(
    `cannot send telemetry to ${url}: it may be outside of the region, so nothing is sent; name a Service of the cluster, or https and a host below de.platen.example, in spec.telemetry.otlpEndpoint`,
  )
  expect(placementProblem(region, storage, nodes)).toBeUndefined()
})
