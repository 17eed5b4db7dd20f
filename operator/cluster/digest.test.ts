import { beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { FIELD_MANAGER } from './cluster.ts'
import { digestOf, digestOwned, ownedOf } from './digest.ts'
import { type KubernetesObject, nameOf, refOf } from './object.ts'
import { factsOfPolicy } from './project.ts'
import { soon, type TestCluster, testCluster } from './testing/cluster.ts'
import { deployment, everyKind, foreignKinds } from './testing/objects.ts'

/** As the object is now, which other managers may have changed. */
async function observe({ cluster }: TestCluster, object: KubernetesObject) {
  const observed = await cluster.get(refOf(object), soon())
  if (!observed) throw new Error(`${nameOf(refOf(object))} is gone`)
  return observed
}

it('says the same whatever the order of fields, and leaves out what the server leaves out', () => {
  const metadata = { name: 'a', labels: { x: '1', y: '2' } }
  const one = {
    apiVersion: 'v1',
    kind: 'X',
    metadata,
    spec: { a: 1, b: [], c: null, d: undefined },
  }
  const other = {
    kind: 'X',
    apiVersion: 'v2',
    spec: { a: 1 },
    metadata: { labels: { y: '2', x: '1' }, name: 'b', uid: 'u' },
  }
  expect(digestOf(one)).toBe(digestOf(other))
})

it('keeps apart a selector for everything and no selector', () => {
  const policy = (peer: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'a' },
    spec: { ingress: [{ from: [peer] }] },
  })
  const here = { podSelector: { matchLabels: { a: 'b' } } }
  expect(digestOf(policy({ ...here, namespaceSelector: {} }))).not.toBe(digestOf(policy(here)))
})

it.each([
  {
    name: 'by index',
    why: 'i: names a place',
    fields: { 'f:l': { 'i:1': {} } },
    want: { l: ['y'] },
  },
  {
    name: 'by value',
    why: 'v: names a member',
    fields: { 'f:l': { 'v:"x"': {} } },
    want: { l: ['x'] },
  },
  {
    name: 'itself',
    why: '. owns the list, not its members',
    fields: { 'f:l': { '.': {} } },
    want: {},
  },
  { name: 'gone', why: 'what is owned may be missing', fields: { 'f:m': { 'f:n': {} } }, want: {} },
])('elements $name: $why', ({ fields, want }) => {
  const observed = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: {
      name: 'a',
      managedFields: [
        { manager: 'platen-operator', operation: 'Update' as const, fieldsV1: { 'f:l': {} } },
        { manager: 'platen-operator', operation: 'Apply' as const, fieldsV1: fields as never },
      ],
    },
    l: ['x', 'y'],
  }
  const desired = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a' }, ...want }
  expect(digestOwned(observed)).toBe(digestOf(desired))
})

describeKubernetes('against the API server', () => {
  let test: TestCluster
  beforeAll(async () => {
    test = await testCluster()
    return () => test.cluster[Symbol.asyncDispose]()
  })

  it('every kind has the digest that was applied, also after its controllers have seen it, and can be applied from what is stored', async () => {
    const name = `${test.namespace}-all`
    for (const object of everyKind(name)) {
      const stored = await test.cluster.apply(object, soon())
      expect.soft(digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
    }
    for (const object of everyKind(name)) {
      const observed = await observe(test, object)
      expect.soft(digestOwned(observed), nameOf(refOf(object))).toBe(digestOf(object))
      const again = await test.cluster.apply(ownedOf(observed), soon())
      expect.soft(again.metadata.managedFields).toEqual(observed.metadata.managedFields)
    }
    expect(test.warnings).toEqual([])
  })

  it('so have the kinds of CloudNativePG and cert-manager', async context => {
    if (!(await test.access.installReferenceCrds())) {
      context.skip('their CRDs are not on this machine')
    }
    for (const object of foreignKinds(test.namespace)) {
      const stored = await test.cluster.apply(object, soon())
      expect.soft(digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
    }
  })

  interface Edit {
    name: string
    why: string
    /** In place, as an editor would. */
    edit: (object: Editable) => void
    isDrift: boolean
  }
  type Editable = ReturnType<typeof editable>
  const edits: Edit[] = [
    { name: 'value', why: 'ours was overwritten', isDrift: true, edit: o => (o.spec.replicas = 7) },
    {
      name: 'nested value',
      why: 'a value inside a list by name was overwritten',
      isDrift: true,
      edit: o => (o.container.image = 'other'),
    },
    {
      name: 'removed field',
      why: 'what is missing is ours to put back',
      isDrift: true,
      edit: o => delete o.container.livenessProbe,
    },
    {
      name: 'removed element',
      why: 'an environment variable is missing',
      isDrift: true,
      edit: o => o.container.env.pop(),
    },
    {
      name: 'removed label',
      why: 'labels are how we know what is ours',
      isDrift: true,
      edit: o => delete o.metadata.labels['platen.dev/tenant'],
    },
    {
      name: 'other order',
      why: 'init containers run in the order of the list',
      isDrift: true,
      edit: o => o.pod.initContainers.reverse(),
    },
    {
      name: 'foreign label',
      why: 'what we never set belongs to somebody else',
      isDrift: false,
      edit: o => (o.metadata.labels.theirs = 'yes'),
    },
    {
      name: 'foreign container',
      why: 'what runs beside our container reads what it reads',
      isDrift: true,
      edit: o => o.pod.containers.unshift({ name: 'sidecar', image: 'mesh:1' }),
    },
    {
      name: 'foreign init container',
      why: 'so does what runs before it',
      isDrift: true,
      edit: o => o.pod.initContainers.push({ name: 'sidecar', image: 'mesh:1' }),
    },
    {
      name: 'foreign variable',
      why: 'a process does what its environment says',
      isDrift: true,
      edit: o => o.container.env.push({ name: 'NODE_OPTIONS', value: '--require=/x' }),
    },
    {
      name: 'foreign command',
      why: 'a field that we leave to the image is ours all the same',
      isDrift: true,
      edit: o => (o.container.command = ['sh']),
    },
    {
      name: 'foreign volume',
      why: 'it leads out of the pod',
      isDrift: true,
      edit: o => o.pod.volumes.push({ name: 'x', nfs: { server: 'abroad', path: '/' } }),
    },
    {
      name: 'foreign namespaces',
      why: 'what a pod shares lets others in',
      isDrift: true,
      edit: o => (o.pod.shareProcessNamespace = true),
    },
    {
      name: 'foreign restart',
      why: 'kubectl rollout restart may go on',
      isDrift: false,
      edit: o => (o.template.metadata.annotations['kubectl.kubernetes.io/restartedAt'] = 'now'),
    },
    {
      name: 'foreign field',
      why: 'a default that somebody changed is not ours',
      isDrift: false,
      edit: o => (o.spec.revisionHistoryLimit = 3),
    },
  ]
  it.each(edits)('an edit ($name): $why', async ({ name, edit, isDrift }) => {
    const desired = deployment({
      name: name.replaceAll(' ', '-'),
      namespace: test.namespace,
      labels: { 'platen.dev/tenant': 'acme' },
    })
    await test.cluster.apply(desired, soon())
    const stored = await observe(test, desired)
    edit(editable(stored))
    // Controllers may have written in between. (kubectl replace would look up the version, and lose that race too.)
    delete stored.metadata.resourceVersion
    const path = `/apis/apps/v1/namespaces/${test.namespace}/deployments/${stored.metadata.name}`
    await test.access.rest.call('PUT', path, { body: stored })

    expect(digestOwned(await observe(test, desired)) !== digestOf(desired)).toBe(isDrift)
    const repaired = await test.cluster.apply(desired, soon())
    expect(digestOwned(repaired)).toBe(digestOf(desired))
  })

  const openings = [
    { name: 'a way out', why: 'nobody owned the list of rules', edit: { egress: [{}] } },
    {
      name: 'a way out by our name',
      why: 'anybody may call himself as we do',
      edit: { egress: [{}] },
      flags: [`--field-manager=${FIELD_MANAGER}`],
    },
    { name: 'a way in', why: 'nobody owned that list either', edit: { ingress: [{}] } },
    { name: 'a type less', why: 'it no longer cuts off', edit: { policyTypes: ['Ingress'] } },
    {
      name: 'a selector',
      why: 'it cuts off nobody',
      edit: { podSelector: { matchLabels: { a: 'b' } } },
    },
  ]
  it.each(openings)('a network policy with $name: $why', async ({ name, edit, flags = [] }) => {
    const desired = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: name.replaceAll(' ', '-'), namespace: test.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] },
    }
    const before = await test.cluster.apply(desired, soon())
    expect(digestOwned(before)).toBe(digestOf(desired))
    expect(factsOfPolicy(before)).toEqual({ kind: 'policy', ours: true })
    const patch = ['--type=merge', '-p', JSON.stringify({ spec: edit })]
    const { metadata } = desired
    const which = ['networkpolicy', metadata.name, '-n', metadata.namespace]
    await test.access.kubectl(['patch', ...which, ...patch, ...flags])

    const edited = await observe(test, desired)
    expect(digestOwned(edited)).not.toBe(digestOf(desired))
    expect(factsOfPolicy(edited)).toEqual({ kind: 'policy', ours: false })
    const repaired = await test.cluster.apply(desired, soon())
    expect(repaired.spec).toEqual(before.spec)
    expect(digestOwned(repaired)).toBe(digestOf(desired))
    expect(factsOfPolicy(repaired)).toEqual({ kind: 'policy', ours: true })
  })

  it('a network policy of somebody else is nothing of ours', async () => {
    const foreign = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'theirs', namespace: test.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    }
    await test.access.kubectl(['create', '-f', '-'], { input: [foreign] })
    expect(factsOfPolicy(await observe(test, foreign))).toEqual({ kind: 'policy', ours: false })
  })

  it('a new element between others keeps its place, so that nothing is applied again', async () => {
    const metadata = { name: 'order', namespace: test.namespace, labels: {} }
    await test.cluster.apply(deployment(metadata), soon())
    const desired = deployment(metadata)
    const { pod, container } = editable(desired)
    pod.initContainers.splice(1, 0, { name: 'between', image: 'init:1' })
    container.env.reverse()
    expect(digestOwned(await test.cluster.apply(desired, soon()))).toBe(digestOf(desired))
  })

  it('a label of somebody else is no drift where we apply none', async () => {
    const desired = deployment({ name: 'bare', namespace: test.namespace, labels: {} })
    await test.cluster.apply(desired, soon())
    await test.access.kubectl(['label', 'deployment/bare', '-n', test.namespace, 'theirs=yes'])
    expect(digestOwned(await observe(test, desired))).toBe(digestOf(desired))
  })

  it('an edit by a forced apply of somebody else is drift too', async () => {
    const metadata = { name: 'forced', namespace: test.namespace, labels: {} }
    const desired = deployment(metadata)
    await test.cluster.apply(desired, soon())
    const theirs = { ...desired, spec: { ...(desired.spec as object), replicas: 9 } }
    const how = ['--server-side', '--force-conflicts', '--field-manager=them']
    await test.access.kubectl(['apply', ...how, '-f', '-'], { input: [theirs] })
    expect(digestOwned(await observe(test, desired))).not.toBe(digestOf(desired))
  })
})

/** The parts of a Deployment that the edits reach for. */
function editable(object: KubernetesObject) {
  const metadata = object.metadata as { labels: Record<string, string> }
  const spec = object.spec as {
    replicas: number
    revisionHistoryLimit: number
    template: Template
  }
  const { template } = spec
  const pod = template.spec
  const [container] = pod.containers
  if (!container) throw new Error('no container')
  return {
    metadata,
    spec,
    template,
    pod: pod as Omit<Template['spec'], 'containers'> & { containers: object[] },
    container,
  }
}

interface Template {
  metadata: { annotations: Record<string, string> }
  spec: {
    initContainers: object[]
    containers: Container[]
    volumes: object[]
    shareProcessNamespace?: boolean
  }
}

interface Container {
  image: string
  command?: string[]
  env: object[]
  livenessProbe?: object
}
