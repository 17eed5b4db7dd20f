import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { connectCluster } from './connect.ts'
import { type ApiError, isConflict, isNotFound, isNotServed, isUnreachable } from './errors.ts'
import { splitLines } from './http.ts'
import { type KubernetesObject, refOf } from './object.ts'
import { configMap, soon, type TestCluster, testCluster } from './testing/cluster.ts'

const failureOf = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => expect.unreachable('it did not fail'),
    error => error,
  )

const kubeconfig = (user: object, cluster: object = {}) => {
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  })
  return () => connectCluster({ name: 'de', source: { kind: 'text', text } })
}

it.each([
  { name: 'exec', why: 'runs a program beside the operator', user: { exec: { command: 'sh' } } },
  { name: 'token-file', why: 'sends a file of ours abroad', user: { 'token-file': '/etc/passwd' } },
  { name: 'client-key', why: 'reads a file of ours', user: { 'client-key': '/etc/key' } },
  { name: 'auth-provider', why: 'may do either', user: { 'auth-provider': { name: 'gcp' } } },
])('a kubeconfig in a Secret may not use $name: it $why', ({ name, user }) => {
  expect(kubeconfig(user)).toThrow(
    `cannot use the kubeconfig of cluster de: it uses ${name}, which is refused in a Secret; put the data itself into it`,
  )
})

it('a kubeconfig that cannot be read is told of without a word of what is in it', () => {
  const text = 'token: secret\n\t- ]'
  const connect = () => connectCluster({ name: 'de', source: { kind: 'text', text } })
  expect(connect).toThrow('cannot use the kubeconfig of cluster de: it is no YAML')
})

it('an API server that is not there is unreachable, not wrong', async () => {
  await using cluster = kubeconfig({ token: 'x' })()
  const error = await failureOf(cluster.apply(configMap('a', 'b', 'c'), soon()))
  expect(error.message).toMatch(/^cannot apply ConfigMap a\/b: .*the API server does not answer/)
  expect(error).toMatchObject({ code: undefined, reason: 'Unreachable' })
  expect(isUnreachable(error)).toBe(true)
  expect(isUnreachable(await failureOf(cluster.probe(soon(0))))).toBe(true)
  const aborted = await failureOf(cluster.probe({ signal: AbortSignal.abort() }))
  expect(aborted).toMatchObject({ reason: 'Aborted' })
  expect(isUnreachable(aborted)).toBe(false)
})

it('joins lines whose characters were split between two packets', async () => {
  const bytes = Buffer.from('{"a":"ü"}\n{"b":1}\n\n{"c":2}')
  async function* packets() {
    for (const byte of bytes) yield Buffer.from([byte])
  }
  expect(await Array.fromAsync(splitLines(packets()))).toEqual(['{"a":"ü"}', '{"b":1}', ''])
})

describeKubernetes('a cluster', () => {
  let test: TestCluster
  beforeAll(async () => {
    test = await testCluster()
  })
  afterAll(() => test.cluster[Symbol.asyncDispose]())

  it('creates once, replaces by resource version, deletes by uid', async () => {
    const object = configMap(test.namespace, 'once', '1')
    const created = await test.cluster.create(object, soon())
    expect(
      await test.cluster.create(configMap(test.namespace, 'once', '2'), soon()),
    ).toBeUndefined()
    const replaced = await test.cluster.replace(
      { ...created, data: {} } as KubernetesObject,
      soon(),
    )
    const late = await failureOf(test.cluster.replace(created as KubernetesObject, soon()))
    expect(late.message).toMatch(`cannot replace ConfigMap ${test.namespace}/once: `)
    expect(isConflict(late)).toBe(true)
    expect(await test.cluster.delete(refOf(object), 'another', soon())).toBe(false)
    expect(await test.cluster.get(refOf(object), soon())).toEqual(replaced)
    expect(await test.cluster.delete(refOf(object), replaced.metadata.uid ?? '', soon())).toBe(true)
    expect(await test.cluster.delete(refOf(object), replaced.metadata.uid ?? '', soon())).toBe(
      false,
    )
    expect(await test.cluster.get(refOf(object), soon())).toBeUndefined()
  })

  it('lists in pages, and says what each item is', async () => {
    for (const name of ['a', 'b']) {
      const object = configMap(test.namespace, `page-${name}`, '1')
      const labels = { page: 'yes' }
      await test.cluster.apply({ ...object, metadata: { ...object.metadata, labels } }, soon())
    }
    const options = { ...soon(), namespace: test.namespace, labelSelector: 'page=yes' }
    const found = await Array.fromAsync(
      test.cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' }, options),
    )
    expect(found.map(refOf)).toMatchObject([{ name: 'page-a' }, { kind: 'ConfigMap' }])
  })

  interface Refusal {
    name: string
    why: string
    object: object
    want: RegExp
    check: (error: unknown) => boolean
  }
  const secret = (data: object) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'default' },
    data,
  })
  const metadata = { name: 's', namespace: 'default' }
  const refusals: Refusal[] = [
    {
      name: 'an unknown field',
      why: "a typo must not pass in silence, and is nobody else's fault",
      object: { ...configMap('default', 's', '1'), datum: {} },
      want: /^cannot apply ConfigMap default\/s: .*\.datum: field not declared in schema/,
      check: error => !isUnreachable(error) && (error as ApiError).reason === 'Invalid',
    },
    {
      name: 'a kind that is not served',
      why: 'another operator may not be installed',
      object: { apiVersion: 'absent.example.org/v1', kind: 'Absent', metadata },
      want: /^cannot apply Absent default\/s: the cluster does not serve absent\.example\.org\/v1 Absent$/,
      check: isNotServed,
    },
    {
      name: 'a missing namespace',
      why: 'that is not found, though the kind is served',
      object: configMap('nowhere', 's', '1'),
      want: /^cannot apply ConfigMap nowhere\/s: namespaces "nowhere" not found$/,
      check: error => isNotFound(error) && !isNotServed(error),
    },
    {
      name: 'a Secret of a wrong type',
      why: 'the server quotes the value',
      object: secret({ password: ['hunter2'] }),
      want: /^cannot apply Secret default\/s: Invalid$/,
      check: error => !String((error as Error).stack).includes('hunter2'),
    },
    {
      name: 'a Secret with a wrong key',
      why: 'the field is told, its content is not',
      object: secret({ 'hunter 2': 'aHVudGVyMg==' }),
      want: /^cannot apply Secret default\/s: Invalid; data\[hunter 2\]: FieldValueInvalid$/,
      check: () => true,
    },
  ]
  it.each(refusals)('refuses $name: $why', async ({ object, want, check }) => {
    const error = await failureOf(test.cluster.apply(object as KubernetesObject, soon()))
    expect(error.message).toMatch(want)
    expect(check(error)).toBe(true)
  })

  it('keeps to itself who the operator signs in as where that is not an account of the cluster', async () => {
    const path = await test.access.userKubeconfig({ user: 'anna@example.com', groups: [] })
    await using anna = connectCluster({ name: 'fr', source: { kind: 'file', path } })
    const error = await failureOf(anna.apply(configMap('default', 's', '1'), soon()))
    expect(error).toMatchObject({ code: 403 })
    expect(error.message).toContain('User "[name]" cannot patch')
  })

  it('ends a call at its signal', async () => {
    const error = await failureOf(test.cluster.probe({ signal: AbortSignal.timeout(0) }))
    expect(error.message).toBe('cannot reach the API server: no answer in time')
  })

  it('tells the status apart from the rest', async () => {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: test.namespace } }
    const conditions = [{ type: 'Test', status: 'True' }]
    const stored = await test.cluster.applyStatus({ ...object, status: { conditions } }, soon())
    const entry = stored.metadata.managedFields?.find(({ operation }) => operation === 'Apply')
    expect(entry).toMatchObject({ manager: 'platen-operator', subresource: 'status' })
  })
})
