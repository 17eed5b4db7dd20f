import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Release, Tool } from './tools.ts'

/** A machine that cannot reach a host loses no more than this. */
const ANSWER_MS = 4_000
const BODY_MS = 300_000

/** Downloads what the projects release, and checks it against their checksums. */
export async function download(
  tools: Tool[],
  folder: string,
  tell: (line: string) => void,
): Promise<void> {
  // All checksums first: they are small, and tell early that a host cannot be reached.
  const wanted = await Promise.all(tools.map(withChecksum))
  for (const { tool, release, sha256 } of wanted) {
    tell(`downloading ${tool.name} ${tool.version} (once) ...`)
    const content = Buffer.from(await (await answerOf(release.url)).arrayBuffer())
    const actual = createHash('sha256').update(content).digest('hex')
    if (actual !== sha256) {
      throw new Error(`${release.url} has the SHA-256 ${actual} instead of ${sha256}`)
    }
    unpack(content, { tool, release, folder })
  }
}

async function withChecksum(tool: Tool) {
  const { release } = tool
  if (!release) throw new Error(`there is no release of ${tool.name} to download`)
  const text = await (await answerOf(release.checksum)).text()
  const sha256 = checksumIn(text, basename(release.url))
  if (!sha256) throw new Error(`${release.checksum} has no SHA-256 of ${basename(release.url)}`)
  return { tool, release, sha256 }
}

/** `text` is a checksum alone, or has lines of a checksum and a file name. */
export function checksumIn(text: string, file: string): string | undefined {
  const lines = text.split('\n').map(line => line.trim().split(/\s+\*?/))
  const line = lines.find(([, name]) => name === file) ?? lines.find(words => words.length === 1)
  return /^[0-9a-f]{64}$/.exec(line?.[0] ?? '')?.[0]
}

async function answerOf(url: string): Promise<Response> {
  const body = new AbortController()
  const timer = setTimeout(() => body.abort(), ANSWER_MS)
  try {
    const response = await fetch(url, { signal: body.signal })
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    return response
  } catch (error) {
    throw new Error(`${new URL(url).host} cannot be reached (${reasonOf(error)})`, { cause: error })
  } finally {
    clearTimeout(timer)
    setTimeout(() => body.abort(), BODY_MS).unref()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError') return `no answer within ${ANSWER_MS / 1000} s`
  return error.cause instanceof Error ? error.cause.message : error.message
}

interface Place {
  tool: Tool
  release: Release
  folder: string
}

function unpack(content: Buffer, { tool, release, folder }: Place): void {
  const file = join(folder, tool.name)
  if (!/\.(tar\.gz|tgz)$/.test(release.url)) {
    writeFileSync(file, content, { mode: 0o755 })
    return
  }
  const archive = `${file}.tar.gz`
  writeFileSync(archive, content)
  // The program lies in a folder of the archive's own: etcd-v3.7.0-linux-amd64/etcd.
  const members = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n')
  const member = members.find(path => basename(path) === tool.name && !path.endsWith('/'))
  if (!member) throw new Error(`${release.url} does not hold ${tool.name}`)
  writeFileSync(
    file,
    execFileSync('tar', ['-xzOf', archive, member], { maxBuffer: 512 * 1024 * 1024 }),
  )
  chmodSync(file, 0o755)
  rmSync(archive)
}
