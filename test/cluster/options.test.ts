import { describe, expect, it } from 'vitest'
import { parseCommand } from './options.ts'

const TWO = ['--use-context', 'kind-a', '--use-context', 'kind-b']

describe('npm run cluster', () => {
  it.each([
    { args: ['up'], want: { name: 'up', isBare: false } },
    { args: ['up', '--bare'], want: { name: 'up', isBare: true } },
    { args: ['up', ...TWO], want: { name: 'up', isBare: false, contexts: ['kind-a', 'kind-b'] } },
    {
      args: ['up', ...TWO, '--registry', 'r.example/p/'],
      want: {
        name: 'up',
        isBare: false,
        contexts: ['kind-a', 'kind-b'],
        registry: 'r.example/p',
      },
    },
  ])('takes $args', ({ args, want }) => {
    expect(parseCommand(args)).toEqual(want)
  })

  it.each([
    { args: ['up', '--use-context', 'a'], why: 'give two contexts' },
    { args: ['up', ...TWO, '--use-context', 'kind-c'], why: 'give two contexts' },
    { args: ['up', '--use-context', 'a', '--use-context', 'a'], why: 'give two contexts' },
    { args: ['up', ...TWO, '--bare'], why: '--bare makes clusters, --use-context makes none' },
    { args: ['up', '--registry', 'r'], why: '--registry is for up with --use-context only' },
    { args: ['down', ...TWO], why: '--use-context is for up only' },
    { args: ['status', '--registry', 'r'], why: '--registry is for up only' },
  ])('refuses $args', ({ args, why }) => {
    expect(() => parseCommand(args)).toThrow(why)
  })
})
