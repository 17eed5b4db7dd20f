import { expect, it, onTestFinished } from 'vitest'
import { type FakeDns, startFakeDns } from '../../test/support/fake-dns.ts'
import { clusterDomainOf, dnsLookUp } from './dns.ts'

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

const WITNESS = 'kubernetes.default.svc.cluster.test'

it.each<{ why: string; state: Partial<FakeDns>; names: [string, string][]; want: unknown }>([
  {
    why: 'a name has an address',
    state: {},
    names: [['a', '10.0.0.1']],
    want: '10.0.0.1',
  },
  {
    why: 'a name server that knows the cluster knows what is not there',
    state: {},
    names: [[WITNESS, '10.96.0.1']],
    want: undefined,
  },
  {
    why: 'one that knows nothing knows nothing of this name either',
    state: {},
    names: [],
    want: expect.stringContaining('does not know the cluster'),
  },
  {
    why: 'one that does not answer says nothing',
    state: { isSilent: true },
    names: [['a', '10.0.0.1']],
    want: expect.stringContaining('ETIMEOUT'),
  },
])('$why', async ({ state, names, want }) => {
  const server = await startFakeDns()
  onTestFinished(() => server[Symbol.asyncDispose]())
  Object.assign(server, state)
  for (const [name, address] of names) server.names.set(name, address)
  const lookUp = dnsLookUp({ servers: [server.address], witness: WITNESS })
  expect(await lookUp('a').catch(({ message }) => message)).toEqual(want)
})
