import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { startChild, tailOf } from '@platen/local'
import { KUBERNETES_VERSION, TOOLS, type Tool } from './tools.ts'

/** Builds programs from Go modules. What takes minutes the first time takes seconds with a warm Go build cache. */
export async function buildWithGo(tools: Tool[], folder: string, tell: Tell): Promise<void> {
  const go = findGo()
  const work = join(folder, 'build')
  mkdirSync(work, { recursive: true })
  const run = runner({ go, work, tell })
  const ofKubernetes = tools.filter(({ folder }) => folder === TOOLS.kubectl.folder)
  if (ofKubernetes.length > 0) await buildKubernetes(ofKubernetes, { work, folder, run, tell })
  for (const tool of tools.filter(other => !ofKubernetes.includes(other))) {
    const what = `building ${tool.name} ${tool.version} (once, some minutes) ...`
    if (tool.plugins) await buildWithPlugins(tool, { work, folder, run, what })
    else await run(what, ['install', `${tool.goPackage}@${tool.version}`], { GOBIN: folder })
  }
}

/** A main program that has the chosen plugins in it and nothing else, in a module of its own. */
async function buildWithPlugins(
  tool: Tool,
  { work, folder, run, what }: Build & { what: string },
): Promise<void> {
  const module = join(work, tool.name)
  mkdirSync(module)
  writeFileSync(join(module, 'go.mod'), `module platen.invalid/${tool.name}\n`)
  writeFileSync(join(module, 'main.go'), mainGo(tool))
  const inModule = (...args: string[]) => ['-C', module, ...args]
  const root = tool.goPackage.split('/').slice(0, 3).join('/')
  await run('', inModule('get', `${root}@${tool.version}`))
  await run('', inModule('mod', 'tidy'))
  await run(
    what,
    inModule('build', '-trimpath', '-ldflags', '-s -w', '-o', join(folder, tool.name)),
  )
}

function mainGo({ goPackage, plugins = [] }: Tool): string {
  const imports = [`"${goPackage}"`, ...plugins.map(plugin => `_ "${plugin}"`)]
  return `package main\n\nimport (\n${imports.map(one => `\t${one}\n`).join('')})\n\nfunc main() { ${basename(goPackage)}.Run() }\n`
}

/** A CI job's bare environment often lacks the folder that Go's own installer uses. */
function findGo(): string {
  const places = ['go', '/usr/local/go/bin/go']
  const found = places.find(go => {
    try {
      execFileSync(go, ['version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  if (!found) throw new Error('there is no Go to build it with')
  return found
}

type Tell = (line: string) => void

type Run = (what: string, args: string[], env?: Record<string, string>) => Promise<string>

/** Runs Go commands in the folder `work`, and answers with what they wrote. */
function runner(o: { go: string; work: string; tell: Tell }): Run {
  return async (what, args, env = {}) => {
    if (what) o.tell(what)
    const started = Date.now()
    const progress = setInterval(() => {
      o.tell(`... still building after ${Math.round((Date.now() - started) / 60_000)} min`)
    }, 60_000)
    const logFile = join(o.work, `go-${started}.log`)
    const child = await startChild({
      name: `go ${args[0]}`,
      command: o.go,
      args,
      logFile,
      cwd: o.work,
      env: { CGO_ENABLED: '0', GOWORK: 'off', ...env },
    })
    const how = await child.exited.finally(() => clearInterval(progress))
    if (how !== 'status 0') {
      const said = reasonIn(tailOf(logFile, 3))
      throw new Error(`go ${args.slice(0, 2).join(' ')} ended with ${how} (${said})`)
    }
    return readFileSync(logFile, 'utf8')
  }
}

/** Lines of a log, or of the JSON that `go mod download -json` answers with. */
function reasonIn(tail: string): string {
  return /"Error": "(.*)"/.exec(tail)?.[1] ?? tail.replaceAll('\n', ' ')
}

interface Build {
  work: string
  folder: string
  run: Run
}

/**
 * One module that requires Kubernetes, with its staging modules at the versions that its tag stands for: its own
 * go.mod names them as v0.0.0, and `replace` only counts in the main module.
 */
async function buildKubernetes(
  tools: Tool[],
  { work, folder, run, tell }: Build & { tell: Tell },
): Promise<void> {
  const module = `k8s.io/kubernetes@${KUBERNETES_VERSION}`
  const said = await run('', ['mod', 'download', '-json', module])
  const upstream = /"GoMod": "(.*)"/.exec(said)?.[1] // beside lines of progress
  if (!upstream) throw new Error(`go mod download did not tell where ${module} is`)
  writeFileSync(join(work, 'go.mod'), goMod(readFileSync(upstream, 'utf8')))
  writeFileSync(join(work, 'tools.go'), toolsGo(tools))
  await run('', ['mod', 'tidy'])
  const names = tools.map(({ name }) => name).join(', ')
  const programs = tools.filter(({ isOfTests }) => !isOfTests)
  const tests = tools.filter(({ isOfTests }) => isOfTests)
  const packages = programs.map(({ goPackage }) => goPackage)
  const flags = ['-trimpath', '-ldflags', versionFlags(), '-o']
  tell(`building ${names} ${KUBERNETES_VERSION} (once, about 8 minutes) ...`)
  if (programs.length > 0) await run('', ['build', ...flags, folder, ...packages])
  for (const { name, goPackage } of programs) {
    const built = nameByGo(goPackage)
    if (built !== name) renameSync(join(folder, built), join(folder, name))
  }
  for (const { name, goPackage } of tests) {
    await run('', ['test', '-c', ...flags, join(folder, name), goPackage])
  }
}

/** Go names a program after its package's last element that is no major version: etcd's is `server`. */
function nameByGo(goPackage: string): string {
  return basename(goPackage.replace(/\/v\d+$/, ''))
}

/** The go.mod to build with, from that of k8s.io/kubernetes. */
export function goMod(upstream: string): string {
  const staging = [...upstream.matchAll(/^\s+(k8s\.io\/[\w-]+) v0\.0\.0$/gm)].map(
    ([, name]) => name,
  )
  const go = /^go (.*)$/m.exec(upstream)?.[1]
  const version = KUBERNETES_VERSION.replace('v1.', 'v0.')
  return [
    'module platen.invalid/kubernetes',
    `go ${go}`,
    `require k8s.io/kubernetes ${KUBERNETES_VERSION}`,
    `require ${TOOLS.etcd.goPackage} ${TOOLS.etcd.version}`,
    ...staging.map(name => `replace ${name} => ${name} ${version}`),
    '',
  ].join('\n')
}

function toolsGo(tools: Tool[]): string {
  const imports = tools.map(({ goPackage }) => `import _ "${goPackage}"`)
  return ['//go:build tools', 'package tools', ...imports, ''].join('\n')
}

/** Without these a server says v0.0.0, and clients complain. */
function versionFlags(): string {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split('.')
  const values = {
    'k8s.io/component-base/version.gitVersion': KUBERNETES_VERSION,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/client-go/pkg/version.gitVersion': KUBERNETES_VERSION,
  }
  return ['-s -w', ...Object.entries(values).map(([name, value]) => `-X ${name}=${value}`)].join(
    ' ',
  )
}
