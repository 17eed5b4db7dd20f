import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

describe('npm run images', () => {
  it('without options names the images as the local cluster does', () => {
    const sane = { registry: 'localhost/platen', tag: 'dev', bases: {}, push: false }
    expect(parseOptions([], '/home')).toEqual(sane)
  })

  it.each([
    { args: ['--only', 'api', '--only', 'edge'], want: { only: ['api', 'edge'] } },
    { args: ['--output', 'here'], want: { output: '/home/here' } },
    { args: ['--registry', 'r.example/p/'], want: { registry: 'r.example/p' } },
    {
      args: ['--base', 'node=r.example/node@sha256:0a', '--base', 'debian=d:1'],
      want: { bases: { node: 'r.example/node@sha256:0a', debian: 'd:1' } },
    },
  ])('takes $args', ({ args, want }) => {
    expect(parseOptions(args, '/home')).toMatchObject(want)
  })

  it.each([
    { args: ['--only', 'mail'], why: '--only mail is none of operator, api' },
    { args: ['--base', 'alpine=a:1'], why: '--base alpine=a:1 is not of the form node|debian' },
    { args: ['--base', 'node'], why: '--base node is not of the form' },
    { args: ['--base', 'toString=a:1'], why: '--base toString=a:1 is not of the form' },
    { args: ['--tag', 'a/b'], why: '--tag a/b is no tag' },
    { args: ['--speed'], why: "Unknown option '--speed'" },
    { args: ['api'], why: "Unexpected argument 'api'" },
  ])('refuses $args', ({ args, why }) => {
    expect(() => parseOptions(args, '/home')).toThrow(`cannot build images: ${why}`)
  })
})
