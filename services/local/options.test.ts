import { describe, expect, it } from 'vitest'
import { OptionError, parseOptions } from './options.ts'

const parse = (...args: string[]) => parseOptions(args, '/home/ada')

describe('the command line of npm start', () => {
  it('simulates a fleet when nothing is asked for', () => {
    expect(parse()).toEqual({
      source: { kind: 'simulated', printers: 24 },
      port: 4000,
      communities: ['public'],
      json: false,
      exitWhenReady: false,
    })
  })

  it('takes several real networks', () => {
    expect(
      parse('--network', '192.168.1.0/24,192.168.2.0/24', '--network=10.0.0.0/22'),
    ).toMatchObject({
      source: { kind: 'network', networks: ['192.168.1.0/24', '192.168.2.0/24', '10.0.0.0/22'] },
    })
  })

  it('finds paths from where the user stands', () => {
    expect(parse('--recordings', '../printers', '--data', 'kept')).toMatchObject({
      source: { kind: 'recordings', directory: '/home/printers', printers: 0 },
      data: '/home/ada/kept',
    })
  })

  it.each([
    { args: ['--nonsense'], says: /cannot start: Unknown option '--nonsense'.*--help/ },
    { args: ['printers'], says: /cannot start: .*--help/ },
    { args: ['--printers', 'many'], says: /cannot read --printers many: write a whole number/ },
    { args: ['--printers', '0'], says: /from 1 to 5000/ },
    { args: ['--port', '70000'], says: /cannot read --port 70000/ },
    {
      args: ['--network', '192.168.1'],
      says: /cannot read --network 192\.168\.1: write an IPv4 network/,
    },
    { args: ['--network', '300.0.0.0/24'], says: /cannot read --network/ },
    { args: ['--network', '10.0.0.0/8'], says: /cannot sweep --network 10\.0\.0\.0\/8: .*smaller/ },
    { args: ['--network', '10.0.0.0/24', '--printers', '3'], says: /choose one/ },
    {
      args: ['--community', 'office'],
      says: /--community is for real printers; name their --network/,
    },
    {
      args: ['--recordings', '--json'],
      says: /^cannot start: Option '--recordings' argument is ambiguous; [^\n]*$/,
    },
    { args: ['--data'], says: /cannot start: Option '--data/ },
  ])('refuses $args in one sentence', ({ args, says }) => {
    expect(() => parse(...args)).toThrow(OptionError)
    expect(() => parse(...args)).toThrow(says)
  })
})
