import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { preview } from './preview.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../docs/examples/${name}.yaml`, import.meta.url), 'utf8')

it('shows what the examples of the documentation become, with the defaults of the CRDs', () => {
  const yaml = preview(['region-de', 'region-fr', 'tenants'].map(example))
  expect(yaml.match(/^kind: Namespace$/gm)).toHaveLength(3)
  // retention.readingsMonths of a Tenant that says nothing of it
  expect(yaml).toMatch(/PLATEN_RETENTION_MONTHS\n +value: "24"/)
  expect(yaml).not.toContain('undefined')
})

it('refuses a Tenant that no Region takes, in the words of the operator', () => {
  expect(() => preview([example('tenants')])).toThrow(/cannot place Tenant acme: no Region/)
})
