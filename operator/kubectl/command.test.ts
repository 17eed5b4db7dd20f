import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMON, readCall } from './command.ts'
import { COMMANDS } from './commands.ts'
import { helpOf, helpOfAll } from './help.ts'

describe('the command line', () => {
  const [status] = COMMANDS
  if (!status) throw new Error('there is no command')

  it('takes names and options in any order, as kubectl does', () => {
    const { names, given } = readCall(status, [
      '-o',
      'json',
      'acme',
      '--region-context',
      'fr=x',
      '-n',
      'ops',
    ])
    expect(names).toEqual(['acme'])
    expect(given.text('output')).toBe('json')
    expect(given.texts('region-context')).toEqual(['fr=x'])
    expect(given.text('namespace')).toBe('ops')
    expect(given.flag('help')).toBe(false)
  })

  it('is refused with the command that explains it', () => {
    expect(() => readCall(status, ['--wat'])).toThrow(
      "cannot run kubectl platen status: Unknown option '--wat'; see kubectl platen status --help",
    )
  })

  it.each(COMMANDS.map(command => [command.name, command] as const))(
    'of %s is explained by its help',
    (name, command) => {
      const help = helpOf(command)
      expect(helpOfAll(COMMANDS)).toContain(`  ${name} `)
      for (const option of Object.keys({ ...COMMON, ...command.options })) {
        expect(help).toContain(`--${option}`)
      }
      for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(140)
    },
  )

  it('and docs/kubectl.md tell of the same commands and options, both ways', () => {
    const page = readFileSync(new URL('../../docs/kubectl.md', import.meta.url), 'utf8')
    const told = (pattern: RegExp) => [
      ...new Set([...page.matchAll(pattern)].map(([, name]) => name)),
    ]
    const names = COMMANDS.map(({ name }) => name)
    expect(told(/^kubectl platen ([a-z]+)/gm).sort()).toEqual([...names].sort())
    const options = COMMANDS.flatMap(command => Object.keys({ ...COMMON, ...command.options }))
    for (const option of new Set(options)) expect(page).toContain(`--${option}`)
    const known = ['version', ...options]
    const ofPlugin = told(/^kubectl platen .*?--([a-z-]+)/gm)
    expect(ofPlugin.filter(option => !known.includes(option ?? ''))).toEqual([])
  })
})
