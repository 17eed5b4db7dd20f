import fc from 'fast-check'
import { parse } from 'ltx'
import { describe, expect, it } from 'vitest'
import { reports } from './arbitrary.support.ts'
import {
  CodecError,
  decodeBatch,
  encodeBatch,
  encodeReport,
  LIMITS,
  parseXml,
  type Report,
  type XmlElement,
} from './index.ts'

const NAMESPACE = 'urn:platen:report:1'
const HEAD = 'epoch="a" seq="1" observed-at="2026-11-23T08:00:00.000Z"'
const INCIDENT = 'source="alert" severity="other" code="other" since="2026-11-23T08:00:00.000Z"'
const MONITOR =
  'version="1" started-at="2026-11-23T08:00:00.000Z" devices="1" unreadable="0" sweeps="0" outbox-reports="0" outbox-bytes="0" thinned="0"'

const batch = (inside: string) => parseXml(`<batch xmlns="${NAMESPACE}">${inside}</batch>`)
const device = (inside: string) => `<report ${HEAD} device="p">${inside}</report>`
const own = (inside: string) => `<report ${HEAD}>${inside}</report>`
const asset = (attributes: string) => device(`<asset ${attributes}/>`)

const bare: Report = { epoch: 'a', seq: 1, observedAt: '2026-11-23T08:00:00.000Z', device: 'p' }

describe('a malformed report is refused by itself, with the path of the offender', () => {
  it.each([
    ['an unknown element', device('<jobs/>'), 'report/jobs: no such element'],
    ['an unknown row', device('<supplies><user/></supplies>'), 'report/supplies/user'],
    [
      'an element in a row',
      device('<supplies><supply index="1"><job/></supply></supplies>'),
      'report/supplies/supply[1]/job',
    ],
    [
      'an unknown attribute',
      device('<supplies><supply index="1"/><supply index="2" user="x"/></supplies>'),
      'report/supplies/supply[2]/@user: no such attribute',
    ],
    ['an attribute of another element', asset('level="1"'), 'report/asset/@level'],
    ['an attribute on a list', device('<trays count="1"/>'), 'report/trays/@count'],
    ['a foreign namespace', asset('xmlns="urn:other"'), 'report/asset/@xmlns'],
    ['a prefixed name', device('<x:asset xmlns:x="urn:platen:report:1"/>'), 'report/x:asset'],
    ['text', device('job.pdf'), 'report/text()'],
    ['text in a row', device('<asset>job.pdf</asset>'), 'report/asset/text()'],
    [
      'a section that occurs twice',
      device('<asset/><asset/>'),
      'report/asset: it must occur only once',
    ],
    [
      'a supply that occurs twice',
      device('<supplies><supply index="1"/><supply index="1"/></supplies>'),
      'report/supplies/supply[2]: it repeats',
    ],
    [
      'a tray that occurs twice',
      device('<trays><tray index="1"/><tray index="1"/></trays>'),
      'report/trays/tray[2]',
    ],
    [
      'a meter that occurs twice',
      device(
        `<meters>${'<meter name="total" unit="sheets" value="1" grade="A"/>'.repeat(2)}</meters>`,
      ),
      'report/meters/meter[2]',
    ],
    [
      'an incident that occurs twice',
      device(`<incidents>${`<incident key="k" ${INCIDENT}/>`.repeat(2)}</incidents>`),
      'report/incidents/incident[2]',
    ],
    [
      'a missing attribute',
      device('<supplies><supply color="black"/></supplies>'),
      'report/supplies/supply[1]/@index: it is required',
    ],
    [
      'a missing time',
      '<report epoch="a" seq="1" device="p"/>',
      'report/@observed-at: it is required',
    ],
    ['neither device nor monitor', own(''), 'report/@device'],
    [
      'a section of a device without a device',
      own(`<monitor ${MONITOR}/><asset/>`),
      'report/asset: its report needs',
    ],
    [
      'the monitor in a device',
      device(`<monitor ${MONITOR}/>`),
      'report/monitor: its report must not',
    ],
    [
      'too many rows',
      device(
        `<trays>${Array.from({ length: 65 }, (_, i) => `<tray index="${i}"/>`).join('')}</trays>`,
      ),
      'report/trays: it must have at most 64 rows',
    ],
  ])('%s', (_, report, reason) => {
    const { reports, refused } = decodeBatch(batch(report))
    expect(reports).toEqual([])
    expect(refused).toEqual([
      {
        epoch: 'a',
        seq: 1,
        code: 'malformed',
        reason: expect.stringContaining(`cannot decode ${reason}`),
      },
    ])
  })

  it('leaves the other reports of its batch alone', () => {
    const good = '<report epoch="a" seq="2" observed-at="2026-11-23T08:00:00.000Z" device="p"/>'
    const { reports, refused } = decodeBatch(batch(device('<jobs/>') + good))
    expect(reports).toEqual([{ ...bare, seq: 2 }])
    expect(refused.map(one => one.seq)).toEqual([1])
  })

  it('never repeats a value: it could be a serial number', () => {
    const [refused] = decodeBatch(batch(asset('mac="SECRET"'))).refused
    expect(refused?.reason).not.toContain('SECRET')
  })

  it('makes names that somebody chose short and plain: the reason goes into a receipt', () => {
    const [refused] = decodeBatch(batch(`${asset(`${'\u00e9'.repeat(5000)}=""`)}`)).refused
    expect(refused?.reason).toContain(`report/asset/@${'?'.repeat(64)}: `)
  })
})

describe('every element takes its own attributes and no other', () => {
  it('wherever an unknown attribute is put, it is refused with its path', () => {
    fc.assert(
      fc.property(reports, fc.nat(), (all, where) => {
        const tree = parseXml(encodeBatch(all.map(encodeReport)))
        const places = elementsWithPaths(tree)
        const place = places[where % places.length]
        const spoiled = withAttribute(tree, place?.element, 'user')
        expect(whatIsRefused(spoiled)).toContain(
          `cannot decode ${place?.path}/@user: no such attribute`,
        )
      }),
    )
  })
})

describe('a batch that cannot be answered report by report is refused as a whole', () => {
  const report = device('')
  it.each([
    ['another root', '<report xmlns="urn:platen:report:1"/>', 'report'],
    ['no namespace', `<batch>${report}</batch>`, 'batch/@xmlns'],
    ['another version', `<batch xmlns="urn:platen:report:2">${report}</batch>`, 'batch/@xmlns'],
    ['an attribute', `<batch xmlns="${NAMESPACE}" to="x">${report}</batch>`, 'batch/@to'],
    ['text', `<batch xmlns="${NAMESPACE}">x${report}</batch>`, 'batch/text()'],
    ['no report', `<batch xmlns="${NAMESPACE}"/>`, 'batch'],
    [
      'something else than a report',
      `<batch xmlns="${NAMESPACE}">${report}<job/></batch>`,
      'batch/job',
    ],
    [
      'an epoch that is missing',
      `<batch xmlns="${NAMESPACE}"><report seq="1"/></batch>`,
      'batch/report[1]/@epoch',
    ],
    [
      'an epoch that is unreadable',
      `<batch xmlns="${NAMESPACE}"><report epoch="A" seq="1"/></batch>`,
      'batch/report[1]/@epoch',
    ],
    [
      'a number that is missing',
      `<batch xmlns="${NAMESPACE}">${report}<report epoch="a"/></batch>`,
      'batch/report[2]/@seq',
    ],
    [
      'a number that is not positive',
      `<batch xmlns="${NAMESPACE}"><report epoch="a" seq="0"/></batch>`,
      'batch/report[1]/@seq',
    ],
    [
      'a report that occurs twice',
      `<batch xmlns="${NAMESPACE}">${report}${report}</batch>`,
      'batch/report[2]',
    ],
    ['too many reports', `<batch xmlns="${NAMESPACE}">${'<report/>'.repeat(501)}</batch>`, 'batch'],
  ])('%s', (_, xml, path) => {
    const error = caught(() => decodeBatch(parseXml(xml)))
    expect(error).toBeInstanceOf(CodecError)
    expect(error).toMatchObject({
      path,
      message: expect.stringContaining(`cannot decode ${path}: `),
    })
  })
})

describe('what decoders would refuse is not encoded', () => {
  const rows = (length: number) => Array.from({ length }, (_, i) => ({ index: `${i}` }))
  it.each<[string, Report, string]>([
    [
      'a level that is a sentinel',
      { ...bare, supplies: [{ index: '1', level: -3 }] },
      'report/supplies/supply[1]/@level',
    ],
    [
      'half a page',
      { ...bare, trays: [{ index: '1' }, { index: '2', level: 0.5 }] },
      'report/trays/tray[2]/@level',
    ],
    ['a number that is not exact', { ...bare, seq: 2 ** 53 }, 'report/@seq'],
    [
      'a date that is not real',
      { ...bare, observedAt: '2026-02-30T00:00:00.000Z' },
      'report/@observed-at',
    ],
    ['an empty text', { ...bare, asset: { model: '' } }, 'report/asset/@model'],
    ['half a surrogate pair', { ...bare, asset: { model: 'a\ud800b' } }, 'report/asset/@model'],
    [
      'a character that XML does not have',
      { ...bare, asset: { model: 'a\uffffb' } },
      'report/asset/@model',
    ],
    [
      'rows that repeat',
      { ...bare, trays: [{ index: '1' }, { index: '1' }] },
      'report/trays/tray[2]',
    ],
    ['too many rows', { ...bare, supplies: rows(129) }, 'report/supplies'],
    [
      'neither device nor monitor',
      { epoch: 'a', seq: 1, observedAt: bare.observedAt },
      'report/@device',
    ],
    [
      'more bytes than a report may have',
      { ...bare, supplies: rows(128).map(row => ({ ...row, description: '\u00e9'.repeat(255) })) },
      'report',
    ],
  ])('%s', (_, report, path) => {
    expect(caught(() => encodeReport(report))).toMatchObject({
      name: 'CodecError',
      path,
      message: expect.stringContaining(`cannot encode ${path}: `),
    })
  })

  it('a property that is not in the tables stays behind', () => {
    const chatty = { ...bare, asset: { model: 'M', user: 'somebody' } }
    expect(encodeReport(chatty)).not.toContain('somebody')
  })

  it.each([
    ['none', []],
    [
      'more than a batch may hold',
      Array.from({ length: LIMITS.reportsPerBatch + 1 }, () => '<report/>'),
    ],
    ['more bytes than a batch may have', ['x'.repeat(LIMITS.batchBytes), 'x']],
  ])('a batch of reports: %s', (_, some) => {
    expect(caught(() => encodeBatch(some))).toMatchObject({ name: 'CodecError', path: 'batch' })
  })
})

it('elements of ltx with nonsense in them are refused like any others', () => {
  const element = parse(
    `<batch xmlns="${NAMESPACE}"><report ${HEAD} device="p"><![CDATA[x]]></report></batch>`,
  )
  expect(whatIsRefused(element)).toContain('cannot decode report/text(): no text here')
})

function caught(deed: () => unknown): unknown {
  try {
    deed()
  } catch (error) {
    return error
  }
  return undefined
}

/** The one complaint about a batch, be it about all of it or about one report. */
function whatIsRefused(tree: XmlElement): string {
  try {
    return decodeBatch(tree)
      .refused.map(one => one.reason)
      .join()
  } catch (error) {
    return error instanceof CodecError ? error.message : `not a CodecError: ${error}`
  }
}

/** Each element below and including `root`, with the path that the codec gives it. */
function elementsWithPaths(root: XmlElement): { element: XmlElement; path: string }[] {
  const found = [{ element: root, path: 'batch' }]
  const visit = (element: XmlElement, path: string) => {
    found.push({ element, path })
    element.children.forEach((child, index) => {
      if (typeof child === 'string') return
      const isRow = path.includes('/')
      visit(child, isRow ? `${path}/${child.name}[${index + 1}]` : `${path}/${child.name}`)
    })
  }
  for (const report of root.children) if (typeof report !== 'string') visit(report, 'report')
  return found
}

function withAttribute(tree: XmlElement, target: XmlElement | undefined, name: string): XmlElement {
  const attrs = tree === target ? { ...tree.attrs, [name]: 'x' } : tree.attrs
  const children = tree.children.map(child =>
    typeof child === 'string' ? child : withAttribute(child, target, name),
  )
  return { ...tree, attrs, children }
}
