import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, mkdtempDisposable, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { bundle } from './bundle.ts'

/** Not an import of this file. */
const from = (specifier: string) => `from '${specifier}'`

/** Two processes of two rooms, one of which reads a folder beside itself; a package with a package of its own. */
const PROJECT: Record<string, string> = {
  'one/main.ts': `import { told } from '../shared/deep/told.ts'
import { outer } ${from('outer')}
process.stdout.write(\`one \${told()} \${outer()}\`)`,
  'two/main.ts': `import { told } from '../shared/deep/told.ts'
process.stdout.write(\`two \${told()}\`)`,
  'shared/deep/told.ts': `import { readFileSync } from 'node:fs'
export const told = (): string => readFileSync(new URL('texts', import.meta.url).pathname + '/a.txt', 'utf8')
export const unused = () => new URL('\${name}.yaml', import.meta.url)`,
  'shared/deep/texts/a.txt': 'told',
  'node_modules/outer/package.json': '{ "name": "outer", "version": "1.0.0", "main": "lib/a.js" }',
  'node_modules/outer/LICENSE.md': 'terms',
  'node_modules/outer/README.md': 'much',
  'node_modules/outer/lib/a.js': `exports.outer = () => require(${JSON.stringify('@scope/inner')}).inner`,
  'node_modules/outer/node_modules/@scope/inner/package.json':
    '{ "name": "@scope/inner", "version": "2.0.0" }',
  'node_modules/outer/node_modules/@scope/inner/licence': 'others',
  'node_modules/outer/node_modules/@scope/inner/index.js': `exports.inner = 'inner'`,
  'node_modules/other/package.json': '{ "name": "other", "version": "3.0.0" }',
  'node_modules/other/index.js': '',
}

async function bundled(change: Record<string, string> = {}) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'platen-bundle-'))
  const source = join(directory.path, 'source')
  for (const [file, content] of Object.entries({ ...PROJECT, ...change })) {
    await mkdir(dirname(join(source, file)), { recursive: true })
    await writeFile(join(source, file), content)
  }
  const folder = join(directory.path, 'bundle')
  await bundle(source, { one: 'one/main.ts', two: 'two/main.ts' }, folder)
  await rm(source, { recursive: true })
  return Object.assign(directory, { folder })
}

it('processes run without their sources and packages, with what these read from beside themselves', async () => {
  await using made = await bundled()
  const run = async (name: string) =>
    (await promisify(execFile)(process.execPath, [join(made.folder, `${name}.mjs`)])).stdout
  expect(await run('one')).toBe('one told inner')
  expect(await run('two')).toBe('two told')
})

it('of the packages inside their package.json and licences go along, for scanners, and nothing else', async () => {
  await using made = await bundled()
  const files = globSync('node_modules/**', { cwd: made.folder, withFileTypes: true })
  const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
  expect(paths.map(path => path.slice(made.folder.length + 1)).sort()).toEqual([
    'node_modules/outer/LICENSE.md',
    'node_modules/outer/node_modules/@scope/inner/licence',
    'node_modules/outer/node_modules/@scope/inner/package.json',
    'node_modules/outer/package.json',
  ])
})

it('a warning of the bundler is an error', async () => {
  const main = `import { gone } from '../shared/deep/told.ts'\nprocess.stdout.write(gone)`
  await expect(bundled({ 'two/main.ts': main })).rejects.toThrow(/gone/)
})
