import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, normalize } from 'node:path'

/** One row of the table in docs/architecture.md. */
interface Room {
  /** Folder, relative to the project. */
  folder: string
  /** Names of other rooms; undefined: anything. */
  mayImport: string[] | undefined
  /** Packages that its package.json names. */
  packages: Set<string>
}

interface Project {
  root: string
  rooms: Room[]
  /** Packages of the top package.json: tools, which only test code may import. */
  tools: Set<string>
}

interface Import {
  file: string
  specifier: string
}

const TABLE = 'docs/architecture.md'
/** Where rooms of test code may reach into, besides their own. */
const SUPPORT = ['test/support/', 'test/kubernetes/']

/**
 * Everything in the project at `root` that breaks the table of docs/architecture.md, one sentence each. The rules: a
 * room imports itself, Node, packages of its package.json and the rooms that its row names, by their package name
 * `@platen/ROOM`. Test code (`*.test.ts`, `*.support.ts`, folders named `testing`) may besides import the tools of the
 * top package.json, the test room's support and its Kubernetes; no other code may import it. Type imports count like others.
 */
export async function findViolations(root: string): Promise<string[]> {
  const rooms = parseTable(await readFile(join(root, TABLE), 'utf8'))
  if (rooms.length === 0) return [`${TABLE} has no table of rooms`]
  const missing = rooms.filter(({ folder }) => !existsSync(join(root, folder, 'package.json')))
  if (missing.length > 0) {
    return missing.map(({ folder }) => `${folder} is in ${TABLE}, but it has no package.json`)
  }
  for (const room of rooms) room.packages = await packagesOf(join(root, room.folder))
  const project = { root, rooms, tools: await packagesOf(root) }
  return [
    ...(await unlistedRooms(project)),
    ...rooms.flatMap(wrongDependencies),
    ...(await wrongImports(project)),
  ]
}

/** Rows of the form `| \`folder\` | purpose | a, b |`. */
export function parseTable(markdown: string): Room[] {
  return [...markdown.matchAll(/^\|\s*`([\w/-]+?)\/?`\s*\|[^|]*\|([^|]*)\|\s*$/gm)].map(
    ([, folder = '', names = '']) => ({
      folder,
      mayImport: parseNames(names),
      packages: new Set(),
    }),
  )
}

/** `-`, `anything` or `a, b`. */
function parseNames(cell: string): string[] | undefined {
  const names = cell.split(',').map(name => name.trim())
  return names[0] === 'anything' ? undefined : names.filter(name => name !== '-')
}

async function packagesOf(folder: string): Promise<Set<string>> {
  const manifest: Record<string, object> = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return new Set(kinds.flatMap(kind => Object.keys(manifest[kind] ?? {})))
}

const filesOf = (root: string, pattern: string) =>
  Array.fromAsync(
    glob(pattern, { cwd: root, exclude: name => /(^|\/)(node_modules|\.[^/]+)$/.test(name) }),
  )

async function unlistedRooms({ root, rooms }: Project): Promise<string[]> {
  const manifests = await filesOf(root, '{*,*/*}/package.json')
  return manifests
    .map(dirname)
    .filter(folder => !rooms.some(room => room.folder === folder))
    .map(folder => `${folder} is a room, but it is not in ${TABLE}`)
}

function wrongDependencies(room: Room): string[] {
  return [...room.packages]
    .filter(name => name.startsWith('@platen/') && !mayImportRoom(room, name))
    .map(name => `${room.folder}/package.json depends on ${name}: ${TABLE} does not allow it`)
}

async function wrongImports(project: Project): Promise<string[]> {
  const files = await filesOf(project.root, '**/*.ts')
  const wrong: string[] = []
  for (const file of files.sort()) {
    const source = await readFile(join(project.root, file), 'utf8')
    for (const specifier of importsOf(source)) {
      const reason = whyWrong(project, { file, specifier })
      if (reason) wrong.push(`${file} imports ${specifier}: ${reason}`)
    }
  }
  return wrong
}

const IMPORTS = [
  /^import\s+(?:type\s+)?[\w{*][^'"]*?\sfrom\s+['"]([^'"]+)['"]/gm,
  /^import\s+['"]([^'"]+)['"]/gm,
  /^export\s+(?:type\s+)?[{*][^'"]*?\sfrom\s+['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bimport\.meta\.resolve\(\s*['"]([^'"]+)['"]/g,
  /\brequire(?:\.resolve)?\(\s*['"]([^'"]+)['"]/g,
]

/** What a source file imports, statically, as types, or at run time; comment lines do not count. */
export function importsOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\/\*|\*).*$/gm, '')
  return IMPORTS.flatMap(pattern => [...code.matchAll(pattern)].map(([, name = '']) => name))
}

/** The rule that an import breaks, or undefined. */
function whyWrong(project: Project, { file, specifier }: Import): string | undefined {
  const room = roomOf(project, file)
  if (!room) return `no room of ${TABLE} holds the file`
  if (isBuiltin(specifier)) return undefined
  if (specifier.startsWith('.')) return whyWrongPath(project, room, { file, specifier })
  if (specifier.startsWith('@platen/')) return whyWrongRoom(room, { file, specifier })
  const name = packageOf(specifier)
  if (room.packages.has(name)) return undefined
  if (project.tools.has(name)) {
    return isTestCode(room, file) ? undefined : 'only test code may use the tools of the project'
  }
  return `${room.folder}/package.json does not name ${name}`
}

function whyWrongPath(project: Project, room: Room, { file, specifier }: Import) {
  const target = normalize(join(dirname(file), specifier))
  if (roomOf(project, target) === room) {
    const isSound = isTestCode(room, file) || !isTestCode(room, target)
    return isSound ? undefined : 'it is test code'
  }
  if (isTestCode(room, file) && SUPPORT.some(folder => target.startsWith(folder))) return undefined
  return 'it is inside another room; import the room by its package name'
}

function whyWrongRoom(room: Room, { file, specifier }: Import): string | undefined {
  if (specifier.split('/').length > 2) return 'only what a room exports in its index.ts is public'
  if (mayImportRoom(room, specifier)) return undefined
  if (isTestCode(room, file) && specifier === '@platen/test') return undefined
  return `${TABLE} does not allow ${room.folder} to import it`
}

/** `specifier` is `@platen/ROOM`. */
function mayImportRoom(room: Room, specifier: string): boolean {
  const name = specifier.slice('@platen/'.length)
  return (
    room.mayImport === undefined || name === basename(room.folder) || room.mayImport.includes(name)
  )
}

const roomOf = ({ rooms }: Project, file: string): Room | undefined =>
  rooms.find(({ folder }) => file.startsWith(`${folder}/`))

const isTestCode = (room: Room, file: string): boolean =>
  room.mayImport === undefined || /\.(test|support)\.ts$|\/testing\//.test(file)

/** The package of `name/path` or `@scope/name/path`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
