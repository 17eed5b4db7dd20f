import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { COMPONENT_SECRET, DOMAIN, startTestProsody } from '../../test/support/prosody.ts'
import { keepLink } from './link.ts'

/** A link with everything it told. */
function link(componentPort: number, secret = COMPONENT_SECRET) {
  const states: string[] = []
  const kept = keepLink({
    service: `xmpp://127.0.0.1:${componentPort}`,
    name: `ingest.${DOMAIN}`,
    secret,
    onStanza: () => {},
    onState: (isUp, reason) => states.push(isUp ? 'up' : (reason ?? '')),
  })
  return { ...kept, states, [Symbol.asyncDispose]: () => kept.close() }
}

it('comes back when the server was killed and started again', async () => {
  await using database = await freshDatabase()
  await using server = await startTestProsody(database.url)
  await using kept = link(server.componentPort)
  await expect.poll(() => kept.states, { timeout: 5_000 }).toEqual(['up'])
  server.kill()
  await expect.poll(() => kept.states.at(-1), { timeout: 5_000 }).toMatch(/no server listens/)
  await server.restart()
  await expect.poll(() => kept.states.at(-1), { timeout: 15_000 }).toBe('up')
})

it('says that another component has the name, and takes over when that one has gone', async () => {
  await using database = await freshDatabase()
  await using server = await startTestProsody(database.url)
  const first = link(server.componentPort)
  await expect.poll(() => first.states, { timeout: 5_000 }).toEqual(['up'])
  await using second = link(server.componentPort)
  await expect.poll(() => second.states[0], { timeout: 5_000 }).toMatch(/^conflict: another ingest/)
  await first.close()
  await expect.poll(() => second.states.at(-1), { timeout: 15_000 }).toBe('up')
  expect(first.states, 'the first was not disturbed, nor its own close told as a loss').toEqual([
    'up',
  ])
})

it('names the setting when the secret is wrong, and keeps trying', async () => {
  await using database = await freshDatabase()
  await using server = await startTestProsody(database.url)
  await using kept = link(server.componentPort, 'wrong')
  await expect
    .poll(() => kept.states.length, { timeout: 10_000, message: 'it tries again' })
    .toBeGreaterThan(1)
  expect(kept.states[0]).toMatch(/^not-authorized: .*PLATEN_COMPONENT_SECRET/)
  expect(kept.states).not.toContain('up')
})
