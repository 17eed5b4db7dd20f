import { mkdir, mkdtempDisposable, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findViolations, importsOf } from './architecture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

it('the code keeps to the table of docs/architecture.md', async () => {
  expect(await findViolations(root)).toEqual([])
})

const TABLE = `
| room         | what lives there | may import |
| ------------ | ---------------- | ---------- |
| \`services/a\` | the one          | -          |
| \`services/b\` | the other        | a          |
| \`test\`       | tests            | anything   |
`

/** A small project that keeps to its table; each case changes one file, or takes it away. */
const SOUND: Record<string, string> = {
  'docs/architecture.md': TABLE,
  'package.json': '{ "devDependencies": { "vitest": "1" } }',
  'services/a/package.json': '{ "dependencies": { "pino": "1" } }',
  'services/a/index.ts': imports('./deep/x.ts', 'node:fs', 'pino', 'pino/file'),
  'services/a/deep/x.ts': imports('../index.ts'),
  'services/a/x.test.ts': imports('vitest', '@platen/test', '../../test/support/x.ts'),
  'services/a/x.support.ts': imports('vitest'),
  'services/b/package.json': '{ "dependencies": { "@platen/a": "1" } }',
  'services/b/index.ts': imports('@platen/a'),
  'test/package.json': '{}',
  'test/e2e.ts': imports('@platen/a', '@platen/b', 'vitest'),
}

function imports(...specifiers: string[]): string {
  return specifiers.map(specifier => `import {\n  x,\n} from '${specifier}'\n`).join('')
}

async function check(change: Record<string, string | null>): Promise<string[]> {
  await using project = await mkdtempDisposable(join(tmpdir(), 'platen-'))
  for (const [file, content] of Object.entries({ ...SOUND, ...change })) {
    const path = join(project.path, file)
    await mkdir(dirname(path), { recursive: true })
    if (content === null) await rm(path, { force: true })
    else await writeFile(path, content)
  }
  return await findViolations(project.path)
}

describe('a project', () => {
  it('that keeps to its table has no violation', async () => {
    expect(await check({})).toEqual([])
  })

  it.each([
    {
      why: 'a room that the row does not name',
      change: { 'services/a/y.ts': imports('@platen/b') },
      says: 'services/a/y.ts imports @platen/b: docs/architecture.md does not allow',
    },
    {
      why: 'the same for its types alone',
      change: { 'services/a/y.ts': "import type { X } from '@platen/b'" },
      says: 'services/a/y.ts imports @platen/b',
    },
    {
      why: 'the same at run time',
      change: { 'services/a/y.ts': "const b = await import('@platen/b')" },
      says: 'services/a/y.ts imports @platen/b',
    },
    {
      why: 'the same passed on',
      change: { 'services/a/y.ts': "export * from '@platen/b'" },
      says: 'services/a/y.ts imports @platen/b',
    },
    {
      why: 'the inside of a room that it may import',
      change: { 'services/b/y.ts': imports('@platen/a/deep/x.ts') },
      says: 'services/b/y.ts imports @platen/a/deep/x.ts: only what a room exports',
    },
    {
      why: 'the inside of a room by path',
      change: { 'services/b/y.ts': imports('../a/index.ts') },
      says: 'services/b/y.ts imports ../a/index.ts: it is inside another room',
    },
    {
      why: "the test room's support from code that is no test",
      change: { 'services/b/y.ts': imports('../../test/support/x.ts') },
      says: 'services/b/y.ts imports ../../test/support/x.ts: it is inside another room',
    },
    {
      why: 'a package that only another room has',
      change: { 'services/b/y.ts': imports('pino') },
      says: 'services/b/y.ts imports pino: services/b/package.json does not name pino',
    },
    {
      why: 'a tool from code that is no test',
      change: { 'services/b/y.ts': imports('vitest') },
      says: 'services/b/y.ts imports vitest: only test code may use the tools',
    },
    {
      why: 'test code from code that is no test',
      change: { 'services/a/y.ts': imports('./x.support.ts') },
      says: 'services/a/y.ts imports ./x.support.ts: it is test code',
    },
    {
      why: 'a dependency on a room that the row does not name',
      change: {
        'services/a/package.json': '{ "dependencies": { "pino": "1", "@platen/b": "1" } }',
      },
      says: 'services/a/package.json depends on @platen/b',
    },
    {
      why: 'a room that is not in the table',
      change: { 'services/c/package.json': '{}' },
      says: 'services/c is a room, but it is not in docs/architecture.md',
    },
    {
      why: 'a file outside of every room',
      change: { 'services/stray.ts': imports('node:fs') },
      says: 'services/stray.ts imports node:fs: no room of docs/architecture.md holds the file',
    },
    {
      why: 'a row without a folder',
      change: { 'services/b/package.json': null },
      says: 'services/b is in docs/architecture.md, but it has no package.json',
    },
    {
      why: 'a page without a table',
      change: { 'docs/architecture.md': 'none' },
      says: 'docs/architecture.md has no table of rooms',
    },
  ])('is refused for $why', async ({ change, says }) => {
    const violations = await check(change)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toContain(says)
  })
})

it('an import in a comment is none', () => {
  const source = "// import('node:fs')\n/** import('node:os') */\nimport 'node:path'\n"
  expect(importsOf(source)).toEqual(['node:path'])
})
