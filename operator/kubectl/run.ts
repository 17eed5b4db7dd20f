import manifest from '../package.json' with { type: 'json' }
import { createClusters } from './clusters.ts'
import { type Command, type Given, readCall, type World } from './command.ts'
import { COMMANDS } from './commands.ts'
import { Failure } from './failure.ts'
import { helpOf, helpOfAll } from './help.ts'
import type { Terminal } from './terminal.ts'

/** @returns the exit status. @throws Failure */
export async function run(
  args: string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    terminal.print(helpOfAll(COMMANDS).trimEnd())
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    terminal.print(manifest.version)
    return 0
  }
  const command = COMMANDS.find(each => each.name === name)
  if (!command) throw unknown(name)
  return await runCommand(command, rest, { terminal, signal })
}

function unknown(name: string): Failure {
  const names = COMMANDS.map(each => each.name).join(', ')
  return new Failure(`cannot run ${JSON.stringify(name)}: there is ${names}`)
}

async function runCommand(
  command: Command,
  args: string[],
  base: Pick<World, 'terminal' | 'signal'>,
): Promise<number> {
  const call = readCall(command, args)
  if (call.given.flag('help')) {
    base.terminal.print(helpOf(command).trimEnd())
    return 0
  }
  return await command.run({ ...call, world: worldFor(call.given, base) })
}

function worldFor(given: Given, base: Pick<World, 'terminal' | 'signal'>): World {
  const namespace = given.text('namespace') ?? 'platen-system'
  const clusters = createClusters({
    context: given.text('context'),
    kubeconfig: given.text('kubeconfig'),
    regionContexts: given.texts('region-context'),
    namespace,
    signal: base.signal,
  })
  return { ...base, ...clusters, namespace }
}
