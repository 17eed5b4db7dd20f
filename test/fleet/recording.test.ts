import { existsSync } from 'node:fs'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadRecordings, parseRecording } from './recording.ts'

const value = (line: string) => parseRecording(line)[0]?.[1]

describe('a recording', () => {
  it.each([
    { line: '1.3.6.1|2|-3', tag: 0x02, hex: 'fd', why: 'INTEGER' },
    { line: '1.3.6.1|4|a|b', tag: 0x04, hex: '617c62', why: 'a bar belongs to the text' },
    { line: '1.3.6.1|4|', tag: 0x04, hex: '', why: 'a text can be empty' },
    { line: '1.3.6.1|4|\xe9', tag: 0x04, hex: 'e9', why: 'bytes are kept as they are' },
    { line: '1.3.6.1|4x|00fF', tag: 0x04, hex: '00ff', why: 'text in hex' },
    { line: '1.3.6.1|6|1.3.6.1.4.1.641', tag: 0x06, hex: '2b060104018501', why: 'OID' },
    { line: '1.3.6.1|64|127.0.0.1', tag: 0x40, hex: '7f000001', why: 'IpAddress' },
    { line: '1.3.6.1|64x|7f000001', tag: 0x40, hex: '7f000001', why: 'IpAddress in hex' },
    { line: '1.3.6.1|65|4294967295', tag: 0x41, hex: '00ffffffff', why: 'Counter32' },
    { line: '1.3.6.1|66|1', tag: 0x42, hex: '01', why: 'Gauge32' },
    { line: '1.3.6.1|67|1', tag: 0x43, hex: '01', why: 'TimeTicks' },
    {
      line: '1.3.6.1|70|18446744073709551615',
      tag: 0x46,
      hex: '00ffffffffffffffff',
      why: 'Counter64',
    },
  ])('holds $why: $line', ({ line, tag, hex }) => {
    expect(value(line)).toEqual({ tag, body: Buffer.from(hex, 'hex') })
  })

  it('may have line ends of Windows, empty lines and comments', () => {
    const rows = parseRecording('# from a site\r\n1.3.6.1|4|a\r\n\r\n1.3.6.2|4|b\r\n')
    expect(rows.map(([oid, { body }]) => `${oid} ${body}`)).toEqual(['1.3.6.1 a', '1.3.6.2 b'])
  })

  it.each([
    { content: '1.3.6.1|2|1\n1.3.6.2', says: 'line 2 has no type' },
    { content: '1.3.6.1||5', says: 'line 1 has no type' },
    { content: '1.3.6.1|4', says: 'line 1 has no value' },
    { content: 'sysDescr|4|x', says: 'line 1 is wrong: "sysDescr" is no object identifier' },
    { content: '1.3.6.1|99|x', says: 'type "99" is not one of 2, 4' },
    { content: '1.3.6.1|constructor|x', says: 'type "constructor" is not one of' },
    { content: '1.3.6.1|2|many', says: '"many" is no whole number' },
    { content: '1.3.6.1|2|2147483648', says: 'is not from -2147483648 to 2147483647' },
    { content: '1.3.6.1|65|-1', says: 'is not from 0 to 4294967295' },
    { content: '1.3.6.1|4x|abc', says: '"abc" is not hex' },
    { content: '1.3.6.1|64|1.2.3', says: 'four octets' },
    { content: '\x7fELF\x02\x01\x01\x00', says: 'line 1 has no type' },
    { content: '\n\n', says: 'it holds no row' },
  ])('is refused when it holds garbage: $says', ({ content, says }) => {
    expect(() => parseRecording(content)).toThrow(says)
  })
})

describe('a directory of recordings', () => {
  it('has a printer in every folder with a walk.snmprec, however deep, and in no other', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    for (const [folder, file] of [
      ['b/deep', 'walk.snmprec'],
      ['a', 'walk.snmprec'],
      ['a', 'walk-earlier.snmprec'],
      ['c', 'other.txt'],
    ] as const) {
      await mkdir(join(root.path, folder), { recursive: true })
      await writeFile(join(root.path, folder, file), '1.3.6.1.2.1.1.1.0|4|x\n')
    }
    const recordings = await loadRecordings(root.path)
    expect(recordings.map(({ directory }) => directory)).toEqual([
      join(root.path, 'a'),
      join(root.path, 'b/deep'),
    ])
  })

  it('is refused as a whole when one of them is wrong, with file and line', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    await mkdir(join(root.path, 'x'))
    await writeFile(join(root.path, 'walk.snmprec'), '1.3.6.1.2.1.1.1.0|4|x\n')
    await writeFile(join(root.path, 'x', 'walk.snmprec'), '1.3.6.1|2|1\ngarbage\n')
    await expect(loadRecordings(root.path)).rejects.toThrow(
      `cannot read ${root.path}/x/walk.snmprec: line 2 has no type`,
    )
  })

  it('is refused when it is not there, is a file, or has no recording', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    const file = join(root.path, 'file')
    await writeFile(file, '')
    await expect(loadRecordings(root.path)).rejects.toThrow('no walk.snmprec is below it')
    await expect(loadRecordings(file)).rejects.toThrow('it is no directory')
    await expect(loadRecordings(join(root.path, 'none'))).rejects.toThrow('it does not exist')
  })

  const shared = fileURLToPath(new URL('../../../shared/printers', import.meta.url))
  it.runIf(existsSync(shared))('loads the recordings of real printers, all 28', async () => {
    const recordings = await loadRecordings(shared)
    expect(recordings).toHaveLength(28)
  })
})
