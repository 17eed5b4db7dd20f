import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { REASONS } from './reasons.ts'
import { REGION_CONDITIONS } from './region/reconcile.ts'
import { TENANT_CONDITIONS } from './tenant/ready.ts'

const page = readFileSync(new URL('../../docs/operator.md', import.meta.url), 'utf8')

it('docs/operator.md explains every reason, and no other', () => {
  const table = page.slice(page.indexOf('| reason |')).split('\n\n')[0] ?? ''
  const explained = [...table.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, text]) => [
    name,
    text,
  ])
  expect(Object.fromEntries(explained)).toEqual(REASONS)
})

it('docs/operator.md explains every condition', () => {
  const missing = [...TENANT_CONDITIONS, ...REGION_CONDITIONS].filter(
    type => !page.includes(`\`${type}\``),
  )
  expect(missing).toEqual([])
})
