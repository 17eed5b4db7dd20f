import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FRANCE } from '../cluster/clusters.ts'
import { importImages } from '../cluster/node/images.ts'
import { upstreamTests } from '../cluster/services/upstream.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { record } from './evidence/evidence.ts'
import { openPlatform } from './platform.ts'

const FOCUS = String.raw`\[Feature:NetworkPolicy\]|Netpol`
/** Each with the reason why it cannot apply here. */
const INAPPLICABLE: Record<string, string> = {
  'Feature:SCTPConnectivity':
    'the kernel of this machine has no SCTP; the platform speaks TCP and DNS only',
}

/** What Ginkgo's JSON report tells of one test. */
interface Spec {
  LeafNodeText: string
  ContainerHierarchyTexts: string[] | null
  State: 'passed' | 'failed' | 'skipped' | 'pending' | 'timedout' | 'panicked'
  /** Nanoseconds. */
  RunTime: number
}

describe('upstream', () => {
  it('tests of network policies pass', { timeout: 5_400_000 }, async () => {
    using directory = temporaryDirectory()
    const specs = await runUpstream(join(directory.path, 'report.json'))
    const rows = specs.map(spec => [nameOf(spec), outcomeOf(spec), seconds(spec)])

    record({
      section: 'Network policies',
      reason:
        "What enforces network policies on the local clusters does what Kubernetes expects of it: upstream's own tests of them, with their own pods. Without this, closed ways in the tables above would prove nothing about clusters that others run.",
      command: 'npm run test:e2e -- upstream',
      table: [['test', 'outcome', 's'], ...rows.sort()],
      notes: Object.entries(INAPPLICABLE).map(
        ([label, why]) => `Cannot apply: [${label}], ${why}.`,
      ),
    })
    const wanted = specs.filter(spec => whyNot(spec) === undefined)
    expect(wanted.filter(({ State }) => State !== 'passed').map(nameOf)).toEqual([])
    expect(wanted.length).toBeGreaterThan(30)
  })
})

async function runUpstream(report: string): Promise<Spec[]> {
  const { program, images } = await upstreamTests(line => void process.stderr.write(`${line}\n`))
  await importImages(FRANCE, images)
  const { kubeconfig } = openPlatform().cluster(FRANCE)
  const skipped = Object.keys(INAPPLICABLE).map(label => `\\[${label}\\]`)
  const flags = [`--kubeconfig=${kubeconfig}`, '--provider=local', '--delete-namespace=true']
  const ginkgo = [
    `--ginkgo.focus=${FOCUS}`,
    `--ginkgo.skip=${skipped.join('|')}`,
    `--ginkgo.json-report=${report}`,
    '--ginkgo.timeout=80m',
    // What it tells meanwhile: of thousands of tests, those that are run.
    '--ginkgo.silence-skips',
    '--ginkgo.no-color',
  ]
  const running = spawn(program, [...flags, ...ginkgo], { stdio: ['ignore', 'inherit', 'inherit'] })
  // It ends with 1 when a test failed; the report tells which.
  await once(running, 'exit')
  if (!existsSync(report)) throw new Error("cannot tell how upstream's tests ended: see above")
  const [suite] = JSON.parse(readFileSync(report, 'utf8'))
  const specs: Spec[] = suite.SpecReports
  return specs.filter(spec => new RegExp(FOCUS).test(nameOf(spec)))
}

const nameOf = ({ ContainerHierarchyTexts: texts, LeafNodeText: leaf }: Spec) =>
  [...(texts ?? []), leaf].join(' ')

function whyNot(spec: Spec): string | undefined {
  return Object.keys(INAPPLICABLE).find(label => nameOf(spec).includes(`[${label}]`))
}

function outcomeOf(spec: Spec): string {
  return whyNot(spec) === undefined ? spec.State : 'cannot apply'
}

const seconds = ({ RunTime }: Spec) => (RunTime / 1e9).toFixed(0)
