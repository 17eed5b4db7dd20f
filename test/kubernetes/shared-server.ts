import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { findAssets } from './assets.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { CONTROL_PLANE, NODE, type ToolName } from './tools.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the tests of this run may use of Kubernetes. */
    kubernetes: {
      /** Answers `GET /NAME` with the folder of a running control plane of that name. */
      sharedUrl: string
      /** Why there is none, in a sentence. */
      missing: { controlPlane?: string; helm?: string; node?: string }
    }
  }
}

/** A test file that calls one of these needs the tools. */
const NEEDS = [
  { call: /\bdescribeKubernetes\(/, as: 'controlPlane', tools: CONTROL_PLANE },
  { call: /\bdescribeHelm\(/, as: 'helm', tools: ['helm'] },
  { call: /\bdescribeNode\(/, as: 'node', tools: NODE },
] as const satisfies { call: RegExp; as: string; tools: readonly ToolName[] }[]

/**
 * For vitest's global setup: gets the programs that the chosen tests need, before any of them starts (a build takes
 * minutes), and starts control planes when a test first asks for them. Gives what ends them.
 */
export async function shareKubernetes(project: TestProject): Promise<() => Promise<void>> {
  const missing = await whatIsMissing(await sourcesOf(project))
  const planes = new Map<string, Promise<ControlPlane>>()
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1)
    const plane = planes.get(name) ?? startControlPlane({ name })
    planes.set(name, plane)
    plane.then(
      ({ directory }) => response.end(directory),
      error => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  project.provide('kubernetes', { sharedUrl: `http://127.0.0.1:${port}`, missing })
  return async () => {
    server.close()
    server.closeAllConnections()
    const started = await Promise.allSettled(planes.values())
    await Promise.all(started.map(plane => plane.status === 'fulfilled' && plane.value.stop()))
  }
}

async function sourcesOf(project: TestProject): Promise<string[]> {
  // Vitest does not document it; where it is gone, all tests count.
  const { filenamePattern = [] } = project.vitest as { filenamePattern?: string[] }
  const { testFiles } = await project.globTestFiles(filenamePattern)
  return testFiles.map(file => readFileSync(file, 'utf8'))
}

async function whatIsMissing(sources: string[]) {
  const missing: Record<string, string> = {}
  const needs = NEEDS.filter(({ call }) => sources.some(source => call.test(source)))
  for (const { as, tools } of needs) {
    try {
      await findAssets(tools)
    } catch (error) {
      missing[as] = error instanceof Error ? error.message : String(error)
      const fate = process.env.PLATEN_REQUIRE_KUBERNETES ? 'fail' : 'are skipped'
      process.stderr.write(`${missing[as]}. The tests that need them ${fate}.\n`)
    }
  }
  return missing
}
