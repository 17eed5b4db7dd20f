import { describe, expect, it } from 'vitest'
import { type Command, OptionError, parseCommandLine, wholeNumber } from './command-line.ts'

const COMMAND: Command<'seconds' | 'monitors', { seconds: number; monitors: number[] }> = {
  name: 'npm run it',
  help: '',
  defaults: { seconds: '10', monitors: '1,8' },
  read: ({ seconds, monitors }) => ({
    seconds: wholeNumber('--seconds', seconds, [1, 600]),
    monitors: monitors.split(',').map(text => wholeNumber('--monitors', text, [1, 100])),
  }),
}

describe('the command line of a test or a benchmark', () => {
  it.each([
    { why: 'nothing is asked for', args: [], want: { seconds: 10, monitors: [1, 8] } },
    { why: 'one option', args: ['--seconds', '600'], want: { seconds: 600, monitors: [1, 8] } },
    { why: 'a list', args: ['--monitors=5,6'], want: { seconds: 10, monitors: [5, 6] } },
    { why: 'help, whatever else stands there', args: ['--seconds', '0', '--help'], want: 'help' },
    { why: 'help, for short', args: ['-h'], want: 'help' },
  ])('is read: $why', ({ args, want }) => {
    expect(parseCommandLine(COMMAND, args)).toEqual(want)
  })

  it.each([
    { why: 'too little', args: ['--seconds', '0'], says: 'cannot read --seconds 0: write a whole' },
    { why: 'too much', args: ['--seconds', '601'], says: 'number from 1 to 600' },
    { why: 'no whole number', args: ['--seconds', '1.5'], says: 'cannot read --seconds 1.5' },
    { why: 'one of a list', args: ['--monitors', '1,x'], says: 'cannot read --monitors x' },
    {
      why: 'no such option',
      args: ['--fast'],
      says: "cannot start: Unknown option '--fast'; see npm run it -- --help",
    },
    { why: 'no such argument', args: ['fast'], says: 'cannot start: Unexpected argument' },
    { why: 'half an option', args: ['--seconds'], says: 'cannot start: Option' },
  ])('is refused in a sentence: $why', ({ args, says }) => {
    const parse = () => parseCommandLine(COMMAND, args)
    expect(parse).toThrow(OptionError)
    expect(parse).toThrow(says)
    expect(parse).not.toThrow('\n')
  })
})
