import { describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { compile } from './compile.ts'
import type { Cluster, LabelSelector, NetworkPolicy, Pod } from './objects.ts'
import { namespace, nothing, PLACE, pod, policy } from './testing/cluster.ts'
import { rulesFor } from './testing/script.ts'
import { describeLab } from './testing/suite.ts'

type Spec = NonNullable<NetworkPolicy['spec']>

const A = '10.199.0.2'
const B = '10.199.0.3'
const C = '10.199.0.4'
const pods = [
  pod({ name: 'x/a', ip: A, labels: { tier: 'front' }, ports: { web: 8080 } }),
  pod({ name: 'x/b', ip: B, labels: { tier: 'back' } }),
  pod({ name: 'y/c', ip: C, ports: { web: 8081 } }),
]
const namespaces = [namespace('x', { team: 'red' }), namespace('y', { team: 'blue' })]

/** What lets connections to pod a through, or from it; undefined: all do. */
function rulesOf(direction: 'ingress' | 'egress', cluster: Partial<Cluster>): string[] | undefined {
  const script = compile({ pods, namespaces, policies: [], ...cluster }, PLACE)
  return rulesFor(script, direction, A)
}

describe('a policy isolates', () => {
  it.each<{ why: string; spec: Spec; ingress?: string[]; egress?: string[] }>([
    { why: 'for ingress when it names no type', spec: {}, ingress: [] },
    {
      why: 'for both when it has egress rules and names no type',
      spec: { egress: [{}] },
      ingress: [],
      egress: ['any'],
    },
    { why: 'for egress alone when it says so', spec: { policyTypes: ['Egress'] }, egress: [] },
    {
      why: 'for ingress alone when it says so, whatever its egress rules are',
      spec: { policyTypes: ['Ingress'], egress: [{}] },
      ingress: [],
    },
    {
      why: 'nobody when its selector selects nobody',
      spec: { podSelector: { matchLabels: { tier: 'none' } } },
    },
  ])('$why', ({ spec, ingress, egress }) => {
    const policies = [policy('x/it', spec)]
    expect(rulesOf('ingress', { policies })).toEqual(ingress)
    expect(rulesOf('egress', { policies })).toEqual(egress)
  })

  it('only pods of its own namespace', () => {
    expect(rulesOf('ingress', { policies: [policy('y/it', {})] })).toBeUndefined()
  })

  it('with the rules of all others that select the same pod', () => {
    const policies = [
      policy('x/one', { ingress: [{ ports: [{ port: 1 }] }] }),
      policy('x/two', { ingress: [{ ports: [{ port: 2 }] }] }),
    ]
    expect(rulesOf('ingress', { policies })).toEqual(['tcp 1', 'tcp 2'])
  })
})

describe('a selector selects', () => {
  it.each<{ why: string; selector: LabelSelector; isSelected: boolean }>([
    { why: 'everything when it is empty', selector: {}, isSelected: true },
    { why: 'what has its label', selector: { matchLabels: { tier: 'front' } }, isSelected: true },
    {
      why: 'only what has all of its labels',
      selector: { matchLabels: { tier: 'front', pod: 'b' } },
      isSelected: false,
    },
    ...expression('In', 'tier', ['back', 'front'], true),
    ...expression('In', 'tier', ['back'], false),
    ...expression('In', 'absent', ['back'], false),
    ...expression('NotIn', 'tier', ['front'], false),
    ...expression('NotIn', 'tier', ['back'], true),
    ...expression('NotIn', 'absent', ['back'], true),
    ...expression('Exists', 'tier', [], true),
    ...expression('Exists', 'absent', [], false),
    ...expression('DoesNotExist', 'tier', [], false),
    ...expression('DoesNotExist', 'absent', [], true),
    {
      why: 'what fulfils labels and expressions',
      selector: {
        matchLabels: { tier: 'front' },
        matchExpressions: [{ key: 'pod', operator: 'NotIn', values: ['a'] }],
      },
      isSelected: false,
    },
  ])('$why: $isSelected', ({ selector, isSelected }) => {
    const rules = rulesOf('ingress', { policies: [policy('x/it', { podSelector: selector })] })
    expect(rules !== undefined).toBe(isSelected)
  })

  function expression(operator: string, key: string, values: string[], isSelected: boolean) {
    const why = `${key} ${operator} ${values.join(' ')}`
    return [{ why, selector: { matchExpressions: [{ key, operator, values }] }, isSelected }]
  }
})

describe('an ingress rule lets in', () => {
  const back = { podSelector: { matchLabels: { tier: 'back' } } }
  it.each<{ why: string; rule: NonNullable<Spec['ingress']>[number]; want: string[] }>([
    { why: 'everybody when it is empty', rule: {}, want: ['any'] },
    { why: 'everybody when its lists are empty', rule: { from: [], ports: [] }, want: ['any'] },
    {
      why: 'pods of its own namespace when no other is selected',
      rule: { from: [{ podSelector: {} }] },
      want: [`from ${A}-${B}`],
    },
    {
      why: 'all pods of a namespace',
      rule: { from: [{ namespaceSelector: { matchLabels: { team: 'blue' } } }] },
      want: [`from ${C}`],
    },
    {
      why: 'only pods that fulfil both selectors of one peer',
      rule: { from: [{ namespaceSelector: { matchLabels: { team: 'blue' } }, ...back }] },
      want: [],
    },
    {
      why: 'pods that fulfil one of two peers',
      rule: { from: [{ namespaceSelector: { matchLabels: { team: 'blue' } } }, back] },
      want: [`from ${B}-${C}`],
    },
    {
      why: 'a block less its exceptions',
      rule: {
        from: [{ ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.16/28', '10.0.0.255/32'] } }],
      },
      want: ['from 10.0.0.0-10.0.0.15,10.0.0.32-10.0.0.254'],
    },
    {
      why: 'what one block excepts and another names',
      rule: {
        from: [
          { ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.5/32'] } },
          { ipBlock: { cidr: '10.0.0.5/32' } },
        ],
      },
      want: ['from 10.0.0.0-10.0.0.255'],
    },
    { why: 'nobody of IPv6', rule: { from: [{ ipBlock: { cidr: '::/0' } }] }, want: [] },
    { why: 'TCP when no protocol is named', rule: { ports: [{ port: 80 }] }, want: ['tcp 80'] },
    { why: 'all ports of a protocol', rule: { ports: [{ protocol: 'SCTP' }] }, want: ['sctp'] },
    {
      why: 'ports up to the last',
      rule: { ports: [{ protocol: 'UDP', port: 80, endPort: 90 }] },
      want: ['udp 80-90'],
    },
    {
      why: 'the port that the pod itself calls so',
      rule: { ports: [{ port: 'web' }] },
      want: [`to ${A} tcp 8080`],
    },
    {
      why: 'nobody by a name of another protocol',
      rule: { ports: [{ port: 'web', protocol: 'UDP' }] },
      want: [],
    },
    {
      why: 'only who fulfils peers and ports',
      rule: { from: [back], ports: [{ port: 80 }] },
      want: [`from ${B} tcp 80`],
    },
  ])('$why', ({ rule, want }) => {
    expect(rulesOf('ingress', { policies: [policy('x/it', { ingress: [rule] })] })).toEqual(want)
  })

  it('by a named port, each pod at its own number', () => {
    const policies = [
      policy('x/it', {
        policyTypes: ['Egress'],
        egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 'web' }] }],
      }),
    ]
    expect(rulesOf('egress', { policies })).toEqual([`to ${A} tcp 8080`, `to ${C} tcp 8081`])
  })
})

describe('a pod has an address', () => {
  const [a] = pods as [Pod]
  const other = pod({ name: 'x/other', ip: A })
  const lost = { type: 'PodReadyToStartContainers', status: 'False' }
  it.each<{ why: string; pods: Pod[]; isKnown: boolean }>([
    { why: 'when it runs', pods: [a], isKnown: true },
    {
      why: "not when it is in the node's network: it is the node",
      pods: [{ ...a, spec: { ...a.spec, hostNetwork: true } }],
      isKnown: false,
    },
    {
      why: 'not before it has one',
      pods: [{ ...a, status: { phase: 'Pending' } }],
      isKnown: false,
    },
    {
      why: 'not when it has ended well',
      pods: [{ ...a, status: { ...a.status, phase: 'Succeeded' } }],
      isKnown: false,
    },
    {
      why: 'not when it has failed',
      pods: [{ ...a, status: { ...a.status, phase: 'Failed' } }],
      isKnown: false,
    },
    {
      why: 'not when its sandbox is gone',
      pods: [{ ...a, status: { ...a.status, conditions: [lost] } }],
      isKnown: false,
    },
    { why: 'not while another claims it', pods: [a, other], isKnown: false },
    {
      why: 'again when the other has ended',
      pods: [a, { ...other, status: { ...other.status, phase: 'Failed' } }],
      isKnown: true,
    },
    {
      why: 'not while its namespace is unknown',
      pods: [pod({ name: 'unknown/a', ip: A })],
      isKnown: false,
    },
  ])('$why', ({ pods, isKnown }) => {
    const script = compile({ pods, namespaces, policies: [] }, PLACE)
    expect(script.includes(`${A} : return`)).toBe(isKnown)
  })

  it('of a sidecar the ports have names too', () => {
    const { metadata, status } = a
    const sidecar = { restartPolicy: 'Always', ports: [{ name: 'side', containerPort: 9 }] }
    const sidecars = { containers: [], initContainers: [sidecar] }
    const policies = [policy('x/it', { ingress: [{ ports: [{ port: 'side' }] }] })]
    const withSidecar = { metadata, spec: sidecars, ...(status && { status }) }
    expect(rulesOf('ingress', { pods: [withSidecar], policies })).toEqual([`to ${A} tcp 9`])
  })
})

await describeLab('nft takes', () => {
  it.each<{ why: string; cluster: Cluster }>([
    { why: 'an empty cluster', cluster: nothing },
    { why: 'pods without policies', cluster: { pods, namespaces, policies: [] } },
    {
      why: 'the first and the last address, and ports of all protocols',
      cluster: {
        pods,
        namespaces,
        policies: [
          policy('x/edges', {
            egress: [
              { to: [{ ipBlock: { cidr: '0.0.0.0/1' } }], ports: [{ port: 1, endPort: 65535 }] },
              { to: [{ ipBlock: { cidr: '128.0.0.0/1', except: ['255.255.255.254/32'] } }] },
              { ports: [{ protocol: 'SCTP', port: 5 }, { protocol: 'UDP' }, { port: 'web' }] },
            ],
          }),
        ],
      },
    },
    {
      why: 'names as long as they may be, of many policies for one pod',
      cluster: {
        pods,
        namespaces,
        policies: [1, 2, 3].map(i => policy(`x/${'n'.repeat(252)}${i}`, { egress: [{}] })),
      },
    },
  ])('$why', async ({ cluster }) => {
    await run('unshare', ['--net', 'nft', '-f', '-'], compile(cluster, PLACE))
  })
})
