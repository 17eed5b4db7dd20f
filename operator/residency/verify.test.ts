import { expect, it } from 'vitest'
import type { Observed } from '../cluster/observed.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../names.ts'
import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import {
  claim,
  defaultDeny,
  HOST,
  home,
  LABEL,
  NOW,
  node,
  placesOf,
  pod,
  policy,
  region,
  sighting,
  tenant,
  term,
  volume,
} from './residency.support.ts'
import type { Sighting } from './sighting.ts'
import { verifyResidency } from './verify.ts'

type Changes = Parameters<typeof sighting>[0]

function withSpec(changes: object): Region {
  return { ...region, spec: { ...region.spec, ...changes } }
}

function withTenant(changes: object): Tenant {
  return { ...tenant, spec: { ...tenant.spec, ...changes } } as Tenant
}

const withRegion = (name: string) => withTenant({ regionRef: { name } })

function withVolume(...affinity: Parameters<typeof volume>[1]): Changes {
  return { volumes: [volume('pv-data', affinity)] }
}

function withClaim(facts: object): Changes {
  return { objects: [defaultDeny, claim('data', facts)] }
}

function withPod(...args: Parameters<typeof pod>): Changes {
  return { objects: [defaultDeny, pod(...args)] }
}

const backup = { endpoint: 'https://s3.example', bucket: 'b', location: 'eu-de' }

function elsewhere(one: Observed): Observed {
  return { ...one, ref: { ...one.ref, namespace: 'another' } }
}

/** What the operator once made, and renders no longer. */
function left(deleting = false): Observed {
  return { ...policy('former', true), labels: { [LABELS.managedBy]: MANAGED_BY }, deleting }
}

/** A node from which the label was taken. */
function stripped(created: number) {
  const places = placesOf(node('n1', { [LABEL]: 'eu-de' }, created))
  places.update([node('n1', {}, created)])
  return places
}

/** A node that went after it was seen. */
function gone(label: Record<string, string>) {
  const places = placesOf(home, node('gone', label))
  places.update([home])
  return places
}

it.each<{ why: string; changes: Changes }>([
  { why: 'Pods and volumes in the place are what was promised.', changes: {} },
  {
    why: 'A pod that waits for a node is nowhere yet.',
    changes: { objects: [defaultDeny, pod('api'), pod('ingest', 'n1')] },
  },
  {
    why: 'A volume whose affinity names the region needs no node.',
    changes: withVolume(term(LABEL, 'eu-de')),
  },
  {
    why: 'A zone is in the place when all of its nodes are.',
    changes: {
      ...withVolume(term('zone', 'a')),
      places: placesOf(home, node('n2', { [LABEL]: 'eu-de', zone: 'a' })),
    },
  },
  {
    why: 'A suspended tenant has no pods, and its volume is where it was.',
    changes: { objects: [defaultDeny, claim('data')] },
  },
  {
    why: 'A pod whose node just went was seen in the place.',
    changes: { ...withPod('api', 'gone'), places: gone({ [LABEL]: 'eu-de' }) },
  },
  {
    why: 'A volume whose node just went was seen in the place.',
    changes: { ...withVolume(term(HOST, 'gone')), places: gone({ [LABEL]: 'eu-de' }) },
  },
  {
    why: 'What ended on a node that is gone left nothing behind.',
    changes: {
      objects: [defaultDeny, claim('data'), pod('prepare', 'never', { phase: 'Succeeded' })],
    },
  },
  {
    why: 'A bucket that is where the Region says is fine.',
    changes: {
      region: withSpec({ backup }),
      backup: { kind: 'seen', bucket: 'https://s3.example/b', location: 'eu-de', at: new Date() },
    },
  },
  {
    why: "What somebody labels as the tenant's in another namespace has nothing of the tenant.",
    changes: { objects: [defaultDeny, claim('data'), pod('api', 'n1'), elsewhere(pod('x', 'n9'))] },
  },
  {
    why: 'What the operator made under a name that it renders no longer is about to be deleted.',
    changes: { objects: [defaultDeny, left(), pod('api', 'n1'), claim('data')] },
  },
  { why: 'A violation ends when everything is seen again.', changes: { before: 'violated' } },
])('verified: $why', ({ changes }) => {
  expect(verifyResidency(sighting(changes))).toMatchObject({ verdict: 'verified', reasons: [] })
})

it.each<{ why: string; changes: Changes; reason: RegExp }>([
  {
    why: 'A pod on a node abroad works abroad.',
    changes: withPod('api', 'n9'),
    reason: /pod of api is in us-east, not in eu-de/,
  },
  {
    why: 'A pod abroad counts also after it ended: it had the data.',
    changes: withPod('backup', 'n9', { phase: 'Succeeded' }),
    reason: /pod of backup is in us-east/,
  },
  {
    why: 'A node without the label says nothing about where it is.',
    changes: { places: placesOf(node('n1', {})) },
    reason: /on a node without the label/,
  },
  {
    why: 'A new node says where it is as soon as it has the label.',
    changes: { places: placesOf(node('n1', { [LABEL]: 'us-east' }, NOW)) },
    reason: /pod of api is in us-east/,
  },
  {
    why: 'A new node whose label was taken away is not one that has none yet.',
    changes: { places: stripped(NOW) },
    reason: /on a node without the label/,
  },
  {
    why: 'A node that has no label after five minutes will not get one by itself.',
    changes: { places: placesOf(node('n1', {}, NOW - 5 * 60_000)) },
    reason: /on a node without the label/,
  },
  {
    why: 'A node that was relabelled is somewhere else now, or was before.',
    changes: { places: placesOf(node('n1', { [LABEL]: 'us-east' })) },
    reason: /volume of the claim data can be in us-east/,
  },
  {
    why: 'A pod without affinity is here by chance.',
    changes: withPod('api', 'n1', { affinity: [] }),
    reason: /does not require a node/,
  },
  {
    why: 'Terms are alternatives: one that leads abroad is enough.',
    changes: withPod('api', 'n1', { affinity: [term(LABEL, 'eu-de'), term(HOST, 'n9')] }),
    reason: /does not require a node/,
  },
  {
    why: 'A term with two places allows both.',
    changes: withPod('api', 'n1', { affinity: [term(LABEL, 'eu-de', 'us-east')] }),
    reason: /does not require a node/,
  },
  {
    why: 'A pod whose node just went was seen abroad.',
    changes: { ...withPod('api', 'gone'), places: gone({ [LABEL]: 'us-east' }) },
    reason: /is in us-east/,
  },
  {
    why: 'A volume on a host abroad is abroad.',
    changes: withVolume(term(HOST, 'n9')),
    reason: /data can be in us-east, not only/,
  },
  {
    why: 'A volume that may also be attached abroad may be abroad tomorrow.',
    changes: withVolume(term(HOST, 'n1'), term(LABEL, 'us-east')),
    reason: /data can be in us-east/,
  },
  {
    why: 'A volume without affinity can be attached anywhere.',
    changes: withVolume(),
    reason: /has no node affinity/,
  },
  {
    why: 'A volume made by hand is where its maker says, or not.',
    changes: { volumes: [volume('pv-data', [term(LABEL, 'eu-de')], false)] },
    reason: /was made by hand/,
  },
  {
    why: 'A restored volume holds what nobody verified.',
    changes: withClaim({ dataSource: true }),
    reason: /filled from a snapshot/,
  },
  {
    why: 'A chosen volume was not made for this tenant.',
    changes: withClaim({ preset: true }),
    reason: /given a volume by hand/,
  },
  {
    why: 'Another StorageClass makes volumes elsewhere.',
    changes: withClaim({ storageClass: 'cheap' }),
    reason: /StorageClass cheap, not local/,
  },
  {
    why: 'A bucket abroad holds every backup abroad.',
    changes: {
      region: withSpec({ backup }),
      backup: {
        kind: 'seen',
        bucket: 'https://s3.example/b',
        location: 'us-east-1',
        at: new Date(),
      },
    },
    reason: /the bucket b is in us-east-1, not in eu-de/,
  },
  {
    why: 'A way around the edge lets in whom nobody knows.',
    changes: { foreign: [{ kind: 'Ingress', name: 'open' }] },
    reason: /Ingress open in the tenant's namespace/,
  },
  {
    why: 'A rule that somebody added to a policy of ours opens a way just as well.',
    changes: { objects: [policy('default-deny', false), pod('api', 'n1'), claim('data')] },
    reason: /network policy default-deny is not as the operator made it/,
  },
  {
    why: 'A network policy of somebody else opens a way that nobody knows.',
    changes: { objects: [defaultDeny, policy('open', false), pod('api', 'n1'), claim('data')] },
    reason: /network policy open is not as the operator made it/,
  },
  {
    why: "A network policy that somebody applied under the operator's name is none that it renders.",
    changes: { objects: [defaultDeny, policy('open', true), pod('api', 'n1'), claim('data')] },
    reason: /network policy open is not as the operator made it/,
  },
  {
    why: 'A network policy works until it is gone, whoever deleted it.',
    changes: { objects: [defaultDeny, left(true), pod('api', 'n1'), claim('data')] },
    reason: /network policy former is not as the operator made it/,
  },
  {
    why: 'A Region that no longer serves the country must not hold it.',
    changes: { region: withSpec({ countries: ['FR'] }) },
    reason: /serves FR, not DE/,
  },
  {
    why: "A country that changed without the CRD's rule is still refused.",
    changes: { annotations: { [ANNOTATIONS.country]: 'FR' } },
    reason: /is FR according to its namespace, and now DE/,
  },
  {
    why: "A region that changed without the CRD's rule is still refused.",
    changes: { annotations: { [ANNOTATIONS.region]: 'de' }, tenant: withRegion('fr') },
    reason: /the region of Tenant acme is de according to its namespace, and now fr/,
  },
  {
    why: 'A region that was named cannot be left out again.',
    changes: { annotations: { [ANNOTATIONS.regionRef]: 'de' } },
    reason: /the spec.regionRef of Tenant acme is de according to its namespace, and now missing/,
  },
  {
    why: 'A country that went is none that changed into nothing.',
    changes: {
      tenant: withTenant({ country: undefined }),
      annotations: { [ANNOTATIONS.country]: 'DE' },
    },
    reason: /is DE according to its namespace, and now missing: .* set it to DE again/,
  },
  {
    why: 'A Region that was moved below its tenants did not move their data.',
    changes: { committed: { country: 'DE', label: LABEL, place: 'eu-old' } },
    reason: /was .*=eu-old and is now .*=eu-de: its tenants' data did not move/,
  },
  {
    why: 'A violation does not end because the node that shows it was deleted.',
    changes: { ...withPod('api', 'never'), before: 'violated' },
    reason: /too little was seen since/,
  },
  {
    why: 'What is violated is violated, whatever else is unknown.',
    changes: { ...withPod('api', 'n9'), foreign: undefined },
    reason: /us-east/,
  },
])('violated: $why', ({ changes, reason }) => {
  const { verdict, reasons } = verifyResidency(sighting(changes))
  expect(verdict).toBe('violated')
  expect(reasons.join('\n')).toMatch(reason)
})

it.each<{ why: string; changes: Changes; reason: RegExp }>([
  {
    why: 'Nothing seen is nothing proven.',
    changes: { objects: [defaultDeny] },
    reason: /neither a placed pod nor/,
  },
  {
    why: 'A node that is gone and was never seen proves nothing.',
    changes: withPod('api', 'never'),
    reason: /nobody can tell where the node of a pod of api is/,
  },
  {
    why: 'A node that registered just now has no labels yet.',
    changes: { places: placesOf(node('n1', {}, NOW - 4 * 60_000)) },
    reason: /nobody can tell where the node of a pod of api is/,
  },
  {
    why: 'A host that was never seen proves nothing.',
    changes: withVolume(term(HOST, 'never')),
    reason: /nodes that are gone/,
  },
  {
    why: 'A volume that cannot be seen proves nothing.',
    changes: { volumes: [] },
    reason: /cannot be seen/,
  },
  {
    why: 'A store that was not asked yet proves nothing.',
    changes: { region: withSpec({ backup }) },
    reason: /not asked yet/,
  },
  {
    why: 'What was said of the bucket before proves nothing about this one.',
    changes: {
      region: withSpec({ backup }),
      backup: { kind: 'seen', bucket: 'https://s3.example/a', location: 'eu-de', at: new Date() },
    },
    reason: /not asked yet/,
  },
  {
    why: 'A store that does not answer proves nothing.',
    changes: { region: withSpec({ backup }), backup: { kind: 'unknown', message: 'it is away' } },
    reason: /it is away/,
  },
  {
    why: 'Before somebody looked, there may be anything in the namespace.',
    changes: { foreign: undefined },
    reason: /nobody looked/,
  },
  {
    why: 'A policy of this name elsewhere cuts off nobody here.',
    changes: { objects: [elsewhere(defaultDeny), pod('api', 'n1')] },
    reason: /default-deny was not seen/,
  },
  {
    why: 'Without default-deny everything is open, for as long as it takes to apply it.',
    changes: { objects: [pod('api', 'n1')] },
    reason: /default-deny was not seen/,
  },
])('unknown: $why', ({ changes, reason }) => {
  const { verdict, reasons } = verifyResidency(sighting(changes as Partial<Sighting>))
  expect(verdict).toBe('unknown')
  expect(reasons.join('\n')).toMatch(reason)
})

it('The facts count places and name nobody.', () => {
  const changes = {
    region: withSpec({ telemetry: { otlpEndpoint: 'https://otel.de.platen.example:4318' } }),
  }
  expect(verifyResidency(sighting(changes)).facts).toEqual({
    countries: ['AT', 'DE'],
    label: LABEL,
    place: 'eu-de',
    pods: { 'eu-de': 2 },
    volumes: { 'eu-de': 1 },
    telemetry: 'otel.de.platen.example',
    policies: { own: 1, foreign: 0 },
  })
})

it('A moved Region is measured by what was promised, so that it does not become right by itself.', () => {
  const committed = { country: 'DE', label: LABEL, place: 'eu-old' }
  expect(verifyResidency(sighting({ committed })).facts.place).toBe('eu-old')
})

it('A tenant whose status was emptied still has its country in its namespace and its ledger.', () => {
  const moved = withTenant({ country: 'AT' })
  const committed = { country: 'DE', label: LABEL, place: 'eu-de' }
  expect(verifyResidency(sighting({ tenant: moved, committed })).reasons).toEqual([
    'the country of Tenant acme is DE according to its ledger, and now AT: it never changes; set it to DE again',
  ])
})
