import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { archiveState } from './archive.ts'

// `npm run test:backup` sees one that archives, and one that cannot.
it('the API may ask how far the archive is, also of a database that has none', async () => {
  await using database = await freshDatabase()
  expect(await archiveState(database.as('platen_api'))).toBeUndefined()
})
