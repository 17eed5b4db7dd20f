import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { printedSchema, SNAPSHOT } from './print.ts'

it('is the schema under review: a change shows in schema.graphql; write it by `node services/api/schema/print.ts`', async () => {
  expect(printedSchema()).toBe(await readFile(SNAPSHOT, 'utf8'))
})
