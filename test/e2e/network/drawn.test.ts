import { expect, it } from 'vitest'
import { FRANCE, MANAGEMENT } from '../../cluster/clusters.ts'
import { isDrawn } from './drawn.ts'

/** A party of the management cluster; a name that begins with `lumiere`, `fr` or `france` is of the other one. */
const party = (name: string) => ({
  name,
  cluster: /^(lumiere|fr|france)\//.test(name) ? FRANCE : MANAGEMENT,
})

it.each([
  { from: 'de/edge', to: 'acme/ingest', port: 5222, want: true, why: 'monitors come in' },
  {
    from: 'de/edge',
    to: 'acme/ingest',
    port: 5347,
    want: false,
    why: 'the component is on the loopback',
  },
  { from: 'de/edge', to: 'lumiere/ingest', port: 5222, want: false, why: 'of another region' },
  { from: 'acme/api', to: 'acme/database', port: 5432, want: true, why: 'its own' },
  { from: 'acme/api', to: 'alpenblick/database', port: 5432, want: false, why: "another's" },
  {
    from: 'acme/database',
    to: 'management/object store',
    port: 443,
    want: true,
    why: 'its backups',
  },
  {
    from: 'acme/database',
    to: 'france/object store',
    port: 443,
    want: false,
    why: 'data would leave',
  },
  {
    from: 'acme/api',
    to: 'management/object store',
    port: 443,
    want: false,
    why: 'only the database',
  },
  {
    from: 'de/edge',
    to: 'management/load balancer',
    port: 443,
    want: true,
    why: 'it is behind it itself',
  },
  { from: 'de/edge', to: 'france/load balancer', port: 443, want: false, why: 'of another region' },
  {
    from: 'acme/monitor',
    to: 'france/load balancer',
    port: 5222,
    want: true,
    why: 'a site sends anywhere',
  },
  {
    from: 'acme/monitor',
    to: 'france/object store',
    port: 443,
    want: true,
    why: 'a site sends anywhere',
  },
  {
    from: 'acme/monitor',
    to: 'management/kubelet',
    port: 10_250,
    want: false,
    why: 'not by this port',
  },
  {
    from: 'acme/monitor',
    to: 'management/operator',
    port: 8080,
    want: false,
    why: 'not by this port',
  },
  { from: 'acme/monitor', to: 'acme/api', port: 8443, want: false, why: 'only through the edge' },
])('$from to $to, $port: $want, $why', ({ from, to, port, want }) => {
  expect(isDrawn(party(from), party(to), port)).toBe(want)
})
