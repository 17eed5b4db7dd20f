import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePorts } from './ports.ts'

it('free ports are all different, nobody is given them by chance, and one can listen on them', async () => {
  const ports = await freePorts(50)

  expect(new Set(ports).size).toBe(50)
  expect(ports.every(port => port >= 16_384 && port < 32_768)).toBe(true)
  const server = createServer()
  await new Promise<void>(resolve => server.listen(ports[0], '127.0.0.1', resolve))
  server.close()
})
