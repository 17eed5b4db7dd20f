import { expect, it } from 'vitest'
import { createLogger, type LogLevel } from './logger.ts'

function capture(level: LogLevel) {
  const lines: string[] = []
  const output = { write: (line: string) => void lines.push(line) }
  return { lines, logger: createLogger({ service: 'test', level, isExported: false, output }) }
}

it('writes one JSON object a line, without the host name that pino adds by default', () => {
  const { lines, logger } = capture('info')
  logger.info({ devices: 3 }, 'swept')
  const { time, ...rest } = JSON.parse(lines.join())
  expect(rest).toEqual({ level: 'info', service: 'test', devices: 3, msg: 'swept' })
  expect(new Date(time).toISOString()).toBe(time)
})

it.each([
  { name: 'a key', log: { serial: 'X1' } },
  { name: 'a key in any case', log: { hostName: 'X1' } },
  { name: 'a key deep inside', log: { a: [{ b: { mac: 'X1' } }] } },
  { name: 'a key with a structure', log: { address: { family: 'X1' } } },
  { name: "an error's property", log: { err: Object.assign(new Error('x'), { host: 'X1' }) } },
])('redacts $name', ({ log }) => {
  const { lines, logger } = capture('info')
  logger.info(log)
  logger.child(log).info('bound to a child')
  expect(lines.join()).not.toContain('X1')
  expect(lines.join()).toContain('[redacted]')
})

it.each([
  { text: 'connect ECONNREFUSED 10.1.2.3:161', want: 'connect ECONNREFUSED [address]:161' },
  { text: 'getaddrinfo ENOTFOUND db.acme.example', want: 'getaddrinfo ENOTFOUND [host]' },
  { text: 'from fe80::21b:44ff:fe11:3ab7', want: 'from [address]' },
  { text: 'to 2001:db8:0:0:0:0:0:1 now', want: 'to [address] now' },
  { text: 'seen 00:1b:44:11:3A:b7, gone', want: 'seen [address], gone' },
  { text: 'seen 00-1b-44-11-3a-b7', want: 'seen [address]' },
  { text: 'OID 1.3.6.1.2.1.43 at 12:30:45', want: 'OID 1.3.6.1.2.1.43 at 12:30:45' },
  { text: 'std::vector, a: b', want: 'std::vector, a: b' },
])('takes addresses and nothing else out of "$text"', ({ text, want }) => {
  const { lines, logger } = capture('info')
  logger.warn({ err: new Error(text) }, text)
  const { msg, err } = JSON.parse(lines.join())
  expect(msg).toBe(want)
  expect(err.message).toBe(want)
})

it('leaves debug lines alone: they are for whoever sits at the machine', () => {
  const { lines, logger } = capture('debug')
  logger.debug({ address: '10.1.2.3' }, 'asks')
  expect(JSON.parse(lines.join())).toMatchObject({ address: '10.1.2.3' })
})
