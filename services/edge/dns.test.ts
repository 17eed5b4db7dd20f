import { expect, it } from 'vitest'
import { clusterDomainOf } from './dns.ts'

it.each([
  {
    why: 'As kubelet writes it.',
    file: 'search platen-region-x.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    want: 'cluster.local',
  },
  {
    why: 'A cluster may have a domain of its own.',
    file: 'nameserver 10.96.0.10\nsearch a.svc.k8s.corp.example svc.k8s.corp.example k8s.corp.example corp.example\n',
    want: 'k8s.corp.example',
  },
  {
    why: 'A file without one leaves the default.',
    file: 'nameserver 192.0.2.1\n',
    want: 'cluster.local',
  },
])('$why', ({ file, want }) => {
  expect(clusterDomainOf(file)).toBe(want)
})
