import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { tryLock } from '@platen/local'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { findAssets, type Way } from './assets.ts'
import { goMod } from './build.ts'
import { checksumIn, download } from './download.ts'
import { TOOLS } from './tools.ts'

function places() {
  const made = temporaryDirectory()
  onTestFinished(() => made[Symbol.dispose]())
  const given = join(made.path, 'given')
  const cache = join(made.path, 'cache')
  const env = { XDG_CACHE_HOME: cache, KUBEBUILDER_ASSETS: given }
  return { given, cached: join(cache, 'platen', TOOLS.kubectl.folder), env, cache }
}

function program(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
  return file
}

/** Stands for a download or a build. */
const makes: Way = async (tools, folder) => {
  for (const { name } of tools) program(folder, name)
}
const fails =
  (why: string): Way =>
  () =>
    Promise.reject(new Error(why))
const tell = () => {}

it('takes each program from KUBEBUILDER_ASSETS first, then from the cache, and only then fetches it', async () => {
  const { given, cached, env } = places()
  const first = program(given, 'kubectl')
  program(cached, 'kubectl')
  const second = program(cached, 'etcd')
  const assets = await findAssets(['kubectl', 'etcd', 'kube-apiserver'], {
    env,
    tell,
    ways: [makes],
  })
  expect(assets).toEqual({
    kubectl: first,
    etcd: second,
    'kube-apiserver': join(cached, 'kube-apiserver'),
  })
})

it('does not take a file that cannot be run', async () => {
  const { given, cached, env } = places()
  chmodSync(program(given, 'kubectl'), 0o644)
  const assets = await findAssets(['kubectl'], { env, tell, ways: [makes] })
  expect(assets.kubectl).toBe(join(cached, 'kubectl'))
})

it('tries one way after the other, and then says why none worked and what to do', async () => {
  const { env } = places()
  const ways = [fails('the host cannot be reached'), fails('there is no Go')]
  await expect(findAssets(['kubectl', 'etcd'], { env, tell, ways })).rejects.toThrow(
    'cannot get kubectl, etcd: the host cannot be reached; there is no Go; set KUBEBUILDER_ASSETS to a folder that holds them, or install Go 1.26',
  )
  const assets = await findAssets(['kubectl'], { env, tell, ways: [fails('no'), makes] })
  expect(existsSync(assets.kubectl)).toBe(true)
})

it('leaves nothing half in the cache when a way fails, nor what a killed process left there', async () => {
  const { cache, env, cached } = places()
  mkdirSync(join(cache, 'platen', 'kubernetes-half-killed'), { recursive: true })
  const half: Way = async (tools, folder, said) => {
    await makes(tools.slice(0, 1), folder, said)
    throw new Error('interrupted')
  }
  await expect(findAssets(['kubectl', 'etcd'], { env, tell, ways: [half] })).rejects.toThrow()
  expect(existsSync(cached)).toBe(false)
  expect(readdirSync(join(cache, 'platen'))).toEqual(['kubernetes.lock'])
})

it('waits for another process that fetches, and takes what that one got', async () => {
  const { cache, cached, env } = places()
  mkdirSync(join(cache, 'platen'), { recursive: true })
  const lock = tryLock(join(cache, 'platen', 'kubernetes.lock'))
  const said: string[] = []
  const found = findAssets(['kubectl'], {
    env,
    ways: [fails('it was there')],
    tell: line => {
      said.push(line)
      program(cached, 'kubectl')
      lock?.release()
    },
  })
  expect(await found).toEqual({ kubectl: join(cached, 'kubectl') })
  expect(said).toEqual(['waiting for another process that is getting Kubernetes ...'])
})

it.each([
  {
    why: 'the right checksum lets a download through',
    sum: (text: string) => sha256(text),
    ok: true,
  },
  { why: 'a wrong checksum stops it', sum: () => sha256('other'), ok: false },
])('$why', async ({ sum, ok }) => {
  const { cached } = places()
  mkdirSync(cached, { recursive: true })
  const url = await serve({ '/kubectl': 'content', '/kubectl.sha256': sum('content') })
  const release = { url: `${url}/kubectl`, checksum: `${url}/kubectl.sha256` }
  const done = download([{ ...TOOLS.kubectl, release }], cached, tell)
  if (!ok) {
    await expect(done).rejects.toThrow(/\/kubectl has the SHA-256 [0-9a-f]{64} instead of/)
    expect(readdirSync(cached)).toEqual([])
    return
  }
  await done
  expect(readFileSync(join(cached, 'kubectl'), 'utf8')).toBe('content')
})

it.each(['tar.gz', 'tgz'])(
  'takes a program out of the .%s that its project releases',
  async end => {
    const { cached } = places()
    mkdirSync(join(cached, 'release/of-coredns'), { recursive: true })
    writeFileSync(join(cached, 'release/of-coredns/coredns'), 'content')
    const packed = execFileSync('tar', ['-C', join(cached, 'release'), '-cz', 'of-coredns'])
    const sum = `${sha256(packed)}  coredns.${end}\n`
    const url = await serve({ [`/coredns.${end}`]: packed, '/sums': sum })
    const release = { url: `${url}/coredns.${end}`, checksum: `${url}/sums` }
    await download([{ ...TOOLS.coredns, release }], cached, tell)
    expect(readFileSync(join(cached, 'coredns'), 'utf8')).toBe('content')
  },
)

it('a host that answers with an error is told of', async () => {
  const url = await serve({})
  const release = { url: `${url}/kubectl`, checksum: `${url}/kubectl.sha256` }
  await expect(download([{ ...TOOLS.kubectl, release }], '/nowhere', tell)).rejects.toThrow(
    `${new URL(url).host} cannot be reached (it answers 404)`,
  )
})

it.each([
  { why: 'a file with nothing but the checksum', text: 'A\n' },
  { why: 'lines of checksum and name', text: 'B  other\nA  it\n' },
  { why: 'names marked as binary', text: 'B *other\nA *it\n' },
])('reads the checksum of $why', ({ text }) => {
  const [a, b] = [sha256('a'), sha256('b')]
  expect(checksumIn(text.replace('A', a).replace('B', b), 'it')).toBe(a)
})

it('no checksum is taken from a page that is something else', () => {
  expect(checksumIn('<html>\nnot found\n', 'it')).toBeUndefined()
})

it('replaces exactly the staging modules, which upstream requires as v0.0.0', () => {
  const upstream =
    'go 1.26.0\nrequire (\n\tk8s.io/api v0.0.0\n\tk8s.io/klog/v2 v2.140.0\n\tk8s.io/utils v0.0.0-20260319190234-28399d86e0b5\n)\n'
  expect(goMod(upstream)).toContain('\ngo 1.26.0\n')
  expect(goMod(upstream).match(/^replace .*/gm)).toEqual([
    expect.stringMatching(/^replace k8s\.io\/api => k8s\.io\/api v0\.\d+\.\d+$/),
  ])
})

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

/** An HTTP server for these pages; its address. */
async function serve(pages: Record<string, string | Buffer>): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? '']
    response.writeHead(page === undefined ? 404 : 200).end(page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
