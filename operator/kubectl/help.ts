import { COMMON, type Command, type Option } from './command.ts'

export function helpOfAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `usage: kubectl platen COMMAND [argument ...]

Looks at and operates the tenants and regions of Platen, with the rights that kubectl has.

${lines.join('\n')}

kubectl platen COMMAND --help explains one; kubectl platen --version says which plugin this is.
`
}

export function helpOf(command: Command): string {
  const { name, takes, about, options, statuses } = command
  const usage = ['usage: kubectl platen', name, takes, '[option ...]'].filter(word => word !== '')
  return `${usage.join(' ')}

${about.trim()}

${optionsHelp({ ...options, ...COMMON })}

exit status:
${statusesHelp(statuses)}
`
}

function statusesHelp({ wrong, open }: NonNullable<Command['statuses']> = {}): string {
  const all = [
    ['0', 'done'],
    ['1', wrong],
    ['2', 'it could not be done or looked at'],
    ['3', open],
  ]
  return all
    .filter(([, meaning]) => meaning !== undefined)
    .map(([status, meaning]) => `  ${status}  ${meaning}`)
    .join('\n')
}

function optionsHelp(options: Record<string, Option>): string {
  const lines = Object.entries(options).map(([name, { value, help }]) => ({
    left: `  --${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  }))
  const width = Math.max(...lines.map(({ left }) => left.length))
  return lines.map(({ left, help }) => `${left.padEnd(width)}  ${help}`).join('\n')
}
