import { parseArgs } from 'node:util'
import type { Clusters } from './clusters.ts'
import { Failure, messageOf } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** What a command works with. */
export interface World extends Clusters {
  terminal: Terminal
  /** The operator's own namespace. */
  namespace: string
  signal: AbortSignal
}

export interface Option {
  /** What stands for its value in the help; without it the option has none. */
  value?: string
  /** May be given several times. */
  multiple?: boolean
  help: string
}

/** Options as they were given: text, or true for those without a value. */
export interface Given {
  text(name: string): string | undefined
  texts(name: string): string[]
  flag(name: string): boolean
}

export interface Call {
  world: World
  /** What stands there without a dash. */
  names: string[]
  given: Given
}

export interface Command {
  name: string
  /** As in the usage: `TENANT [SECRET ...]`. */
  takes: string
  /** One line. */
  summary: string
  /** What one has to know, as paragraphs of the help. */
  about: string
  options: Record<string, Option>
  /** What the exit statuses 1 and 3 mean, where there are. */
  statuses?: { wrong?: string; open?: string }
  /** @returns the exit status. @throws Failure */
  run(call: Call): Promise<number>
}

/** Of every command. */
export const COMMON: Record<string, Option> = {
  context: { value: 'CONTEXT', help: 'kubeconfig context of the management cluster' },
  kubeconfig: { value: 'FILE', help: 'kubeconfig file' },
  namespace: { value: 'NAME', help: "the operator's own namespace; by default platen-system" },
  'region-context': {
    value: '[REGION=]CONTEXT',
    multiple: true,
    help: "context of the cluster of a region that has its own, instead of the operator's kubeconfig",
  },
  help: { help: 'print this' },
}

export const JSON_OUTPUT: Record<string, Option> = {
  output: { value: 'json', help: 'print JSON, for scripts (-o json)' },
}

/** @throws Failure where the command line is wrong. */
export function readCall(command: Command, args: string[]): Omit<Call, 'world'> {
  const all = { ...COMMON, ...command.options }
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { value, multiple = false }]) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        multiple,
        ...shortOf(command, name),
      } as const,
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { names: positionals, given: givenIn(values) }
  } catch (error) {
    throw wrong(command, (messageOf(error).split('. ')[0] ?? '').replace(/\.$/, ''))
  }
}

/** As kubectl has them. */
function shortOf({ options }: Command, name: string): { short?: string } {
  if (name === 'namespace') return { short: 'n' }
  if (name === 'help') return { short: 'h' }
  return name === 'output' && name in options ? { short: 'o' } : {}
}

type Value = string | boolean | (string | boolean)[] | undefined

function givenIn(values: Record<string, Value>): Given {
  const texts = (name: string) => [values[name] ?? []].flat().map(String)
  return { text: name => texts(name)[0], texts, flag: name => values[name] === true }
}

export function wrong(command: Command, why: string): Failure {
  return new Failure(
    `cannot run kubectl platen ${command.name}: ${why}; see kubectl platen ${command.name} --help`,
  )
}

export function wantsJson(command: Command, given: Given): boolean {
  const output = given.text('output')
  if (output !== undefined && output !== 'json') {
    throw wrong(command, `the output is ${output}, and can only be json`)
  }
  return output === 'json'
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** A name of Kubernetes: it becomes an argument of kubectl and a part of file names. @throws Failure */
export function nameOf(command: Command, what: string, text: string | undefined): string {
  if (text === undefined) throw wrong(command, `it needs a ${what}`)
  if (LABEL.test(text)) return text
  throw wrong(command, `${JSON.stringify(text)} is no name of a ${what}`)
}

/** The one name that a command takes. @throws Failure */
export function onlyTenant(command: Command, names: readonly string[]): string {
  if (names.length > 1) throw wrong(command, 'it takes one TENANT')
  return nameOf(command, 'TENANT', names[0])
}
