import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTERS, FRANCE, MANAGEMENT } from '../cluster/clusters.ts'
import { demonstrate } from '../cluster/platform/demonstration.ts'
import { RELEASE } from '../cluster/platform/resources.ts'
import { LOCAL } from '../cluster/platform/setting.ts'
import { record } from './evidence/evidence.ts'
import { blocksOf } from './operations/blocks.ts'
import { type Desk, openDesk } from './operations/desk.ts'
import { MADE, SITE } from './operations/musterwerk.ts'
import { type Situation, situations } from './operations/situations.ts'
import { openPlatform } from './platform.ts'
import { secondsSince, tenths } from './support/stopwatch.ts'

const PAGE = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const BLOCK_MS = 3_600_000

const blocks = blocksOf(PAGE).filter(({ notRun }) => notRun === undefined)
const platform = openPlatform()
/** By blocks that were run. */
const took: { chapter: string; seconds: number }[] = []

/** Each block stands on those before it: when one fails, the others are skipped. */
describe('docs/operations.md', () => {
  let desk: Desk
  let around: Record<string, Situation> = {}
  let hasFailed = false
  let output = ''

  beforeAll(async () => {
    desk = await openDesk(platform)
    around = situations(platform, desk)
    const chapters = blocks.map(({ chapter }) => chapter)
    expect(Object.keys(around).filter(chapter => !chapters.includes(chapter))).toEqual([])
  }, BLOCK_MS)

  afterAll(async () => {
    await putBack()
    desk?.[Symbol.dispose]()
  }, BLOCK_MS)

  const cases = blocks.map((block, index) => ({ ...block, index }))
  it.for(cases)('$chapter, line $line', { timeout: BLOCK_MS }, async (block, { skip }) => {
    const { chapter, script, index } = block
    if (hasFailed) skip('a block before it failed')
    hasFailed = true
    const since = Date.now()
    const isFirst = blocks[index - 1]?.chapter !== chapter
    const isLast = blocks[index + 1]?.chapter !== chapter
    if (isFirst) await around[chapter]?.before?.()
    const said = await desk.run(script)
    output = isFirst ? said : output + said
    if (isLast) await around[chapter]?.after?.(output)
    hasFailed = false
    took.push({ chapter, seconds: secondsSince(since) })
    recordTimes()
  })
})

function recordTimes(): void {
  const chapters = [...Map.groupBy(took, ({ chapter }) => chapter)]
  const rows = chapters.map(([chapter, all]) => [
    chapter,
    `${all.length}`,
    tenths(all.reduce((sum, { seconds }) => sum + seconds, 0)),
  ])
  record({
    section: 'Operations',
    reason:
      'Whoever follows docs/operations.md gets what it promises: its blocks were run in their order, by bash, with what was lost really deleted before, and what each chapter promises was looked for after it.',
    command: 'npm run test:e2e -- operations',
    table: [['chapter', 'blocks', 's'], ...rows],
    notes: [
      'The time is that of the blocks and of what is looked for; the loss that a chapter begins with counts too.',
    ],
  })
}

/** The demonstration as it was, wherever the page ended, and nothing of the page beside it. */
async function putBack(): Promise<void> {
  const clusters = CLUSTERS.map(platform.cluster)
  const [management, site] = [platform.cluster(MANAGEMENT), platform.cluster(FRANCE)]
  await demonstrate({ clusters, release: RELEASE, setting: LOCAL, tell: () => {} })
  await management.kubectl(['delete', 'tenant', ...MADE, '--ignore-not-found', '--timeout=600s'])
  const namespaces = MADE.map(name => `tenant-${name}`)
  const args = ['--ignore-not-found', '--timeout=300s']
  await management.kubectl(['delete', 'namespace', ...namespaces, ...args])
  await site.kubectl(['delete', 'namespace', SITE, ...args])
}
