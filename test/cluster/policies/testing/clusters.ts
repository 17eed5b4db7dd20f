import fc from 'fast-check'
import type { Cluster, LabelSelector, Labels, NetworkPolicy, Peer, Port } from '../objects.ts'
import { namespace, pod } from './cluster.ts'
import { NODE, OUTSIDE, POD_CIDR } from './lab.ts'

/** Clusters that are small enough for their policies to meet. */
const NAMESPACES = ['x', 'y', 'z']
const VALUES = ['1', '2']

const labels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.constantFrom('app', 'tier'),
  fc.constantFrom(...VALUES),
)

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 }),
  }),
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
  }),
)

const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
)

const block = fc.constantFrom<NonNullable<Peer['ipBlock']>[]>(
  { cidr: '0.0.0.0/0' },
  { cidr: '0.0.0.0/0', except: [POD_CIDR] },
  { cidr: '10.199.0.2/31' },
  { cidr: '10.199.0.0/29', except: ['10.199.0.3/32', '10.199.0.4/31'] },
  { cidr: '192.0.2.0/24' },
  { cidr: '192.0.2.0/24', except: [`${NODE}/32`] },
  { cidr: `${OUTSIDE}/32` },
  { cidr: '2001:db8::/64' },
)

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({ ipBlock: block }),
)

const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const)

const port: fc.Arbitrary<Port> = fc.oneof(
  fc.record({ protocol }),
  fc.record({ port: fc.constantFrom(80, 255, 'web') }),
  fc.record({ protocol, port: fc.constantFrom(80, 255, 'web') }),
  fc.constant({ port: 200, endPort: 256 }),
  fc.constant({ port: 80, endPort: 300, protocol: 'UDP' as const }),
)

const few = <T>(each: fc.Arbitrary<T>) => fc.array(each, { maxLength: 2 })

const spec: fc.Arbitrary<NonNullable<NetworkPolicy['spec']>> = fc.record(
  {
    podSelector: selector,
    policyTypes: fc.uniqueArray(fc.constantFrom('Ingress' as const, 'Egress' as const)),
    ingress: few(fc.record({ from: few(peer), ports: few(port) }, { requiredKeys: [] })),
    egress: few(fc.record({ to: few(peer), ports: few(port) }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
)

/** A cluster with a running pod at each of the addresses. */
export function clusters(addresses: string[]): fc.Arbitrary<Cluster> {
  const pods = addresses.map((ip, i) =>
    fc
      .record({ labels, namespace: fc.constantFrom(...NAMESPACES), web: fc.constantFrom(80, 255) })
      .map(each =>
        pod({ name: `${each.namespace}/${i}`, ip, labels: each.labels, ports: { web: each.web } }),
      ),
  )
  const policies = fc
    .array(fc.tuple(fc.constantFrom(...NAMESPACES), spec), { minLength: 1, maxLength: 6 })
    .map(all =>
      all.map(
        ([space, each], i): NetworkPolicy => ({
          metadata: { namespace: space, name: `${i}` },
          spec: each,
        }),
      ),
    )
  const namespaces = fc.tuple(...NAMESPACES.map(name => labels.map(each => namespace(name, each))))
  return fc.record({ pods: fc.tuple(...pods), namespaces, policies })
}
