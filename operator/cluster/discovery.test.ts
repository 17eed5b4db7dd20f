import { expect, it } from 'vitest'
import { createDiscovery } from './discovery.ts'
import { ApiError } from './errors.ts'
import type { Http } from './http.ts'

const { signal } = new AbortController()

/** A fake server: what it serves may change, and it counts how often it is asked. */
function fakeServer() {
  const served = new Map<string, { name: string; kind: string; namespaced: boolean }[]>()
  let requests = 0
  let now = 0
  const http: Pick<Http, 'json'> = {
    async json<T>({ path }: { path: string }): Promise<T> {
      requests++
      await new Promise(setImmediate)
      const resources = served.get(path)
      if (!resources) throw new ApiError('not found', { code: 404, reason: 'NotServed' })
      return { resources } as T
    },
  }
  return {
    served,
    discovery: createDiscovery(http as Http, () => now),
    pass(milliseconds: number) {
      now += milliseconds
    },
    requests: () => requests,
  }
}

const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }
const SERVED = [
  { name: 'certificates', kind: 'Certificate', namespaced: true },
  { name: 'certificates/status', kind: 'Certificate', namespaced: true },
]

it('asks once, however many want to know', async () => {
  const server = fakeServer()
  server.served.set('/apis/cert-manager.io/v1', SERVED)
  const all = Array.from({ length: 50 }, () => server.discovery.find(CERTIFICATE, signal))
  expect(new Set((await Promise.all(all)).map(found => found?.plural))).toEqual(
    new Set(['certificates']),
  )
  server.pass(1e9)
  await server.discovery.find(CERTIFICATE, signal)
  expect(server.requests()).toBe(1)
})

it('looks again for what is not there, but not all the time', async () => {
  const server = fakeServer()
  const find = () =>
    Promise.all(Array.from({ length: 50 }, () => server.discovery.find(CERTIFICATE, signal)))
  expect(new Set(await find())).toEqual(new Set([undefined]))
  server.served.set('/apis/cert-manager.io/v1', SERVED)
  expect(new Set(await find())).toEqual(new Set([undefined]))
  expect(server.requests()).toBe(1)
  server.pass(60_000)
  expect(new Set((await find()).map(found => found?.plural))).toEqual(new Set(['certificates']))
  expect(server.requests()).toBe(2)
})

it.each([
  {
    of: { ...CERTIFICATE, name: 'tls', namespace: 'a' },
    want: '/apis/cert-manager.io/v1/namespaces/a/certificates/tls',
  },
  { of: CERTIFICATE, want: '/apis/cert-manager.io/v1/certificates' },
  {
    of: { ...CERTIFICATE, namespace: 'a' },
    want: '/apis/cert-manager.io/v1/namespaces/a/certificates',
  },
  {
    of: { apiVersion: 'v1', kind: 'Node', name: 'n', namespace: 'ignored' },
    want: '/api/v1/nodes/n',
  },
])('the path $want', async ({ of, want }) => {
  const server = fakeServer()
  server.served.set('/apis/cert-manager.io/v1', SERVED)
  server.served.set('/api/v1', [{ name: 'nodes', kind: 'Node', namespaced: false }])
  expect(await server.discovery.path(of, signal)).toBe(want)
})

it('one caller that gives up does not take the answer from the others', async () => {
  const server = fakeServer()
  server.served.set('/apis/cert-manager.io/v1', SERVED)
  const impatient = new AbortController()
  const first = server.discovery.find(CERTIFICATE, impatient.signal)
  const second = server.discovery.find(CERTIFICATE, signal)
  impatient.abort(new Error('enough'))
  await expect(first).rejects.toThrow('enough')
  expect(await second).toEqual({ plural: 'certificates', namespaced: true })
})
