import { expect, it } from 'vitest'
import { refusalsIn } from './usage.ts'

it('reads how many connections the edge has refused', () => {
  const metrics = `# TYPE platen_edge_refused_total counter
platen_edge_refused_total{entrance="tls"} 12
platen_edge_refused_total{entrance="xmpp",otel_scope_name="edge"} 3 1764412345678
platen_edge_connections{entrance="tls"} 40
`
  expect(refusalsIn(metrics)).toEqual([
    ['tls', 12],
    ['xmpp', 3],
  ])
})
