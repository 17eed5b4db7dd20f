import { describe, expect, it } from 'vitest'
import { age } from './age.ts'
import { parseAddress } from './api/address.ts'
import { newestOf } from './api/last-report.ts'
import { contextOf } from './clusters.ts'
import { COMMON, readCall } from './command.ts'
import { COMMANDS } from './commands.ts'
import { stepOf as backupStep } from './edits/backup.ts'
import { stepOf as restoreStep, timeOf } from './edits/restore.ts'
import { hoursOf } from './enrol.ts'
import { helpOf, helpOfAll } from './help.ts'
import { installationScript } from './installation.ts'
import { podPlaces, volumePlaces } from './residency/places.ts'
import { pairs, table } from './table.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

describe('a time ago', () => {
  it.each([
    ['2026-11-29T11:59:59Z', '1 s'],
    ['2026-11-29T11:58:01Z', '119 s'],
    ['2026-11-29T11:00:00Z', '60 min'],
    ['2026-11-27T12:00:00Z', '2 d'],
    ['2026-11-29T12:00:09Z', '0 s'],
    [undefined, '?'],
  ])('%s is %s', (time, want) => {
    expect(age(time, NOW)).toBe(want)
  })
})

describe('tables', () => {
  it('are aligned, also where cells are coloured, and have no space at the end', () => {
    expect(
      table(
        ['A', 'LONG', 'C'],
        [
          ['\x1b[31mred\x1b[39m', 'x', ''],
          ['b', 'y', 'z'],
        ],
      ),
    ).toBe('A    LONG  C\n\x1b[31mred\x1b[39m  x\nb    y     z')
    expect(table(['A'], [])).toBe('')
  })

  it('of pairs leave out what is not known', () => {
    expect(
      pairs([
        ['a', '1'],
        ['long', undefined],
        ['bc', '2'],
      ]),
    ).toBe('a   1\nbc  2')
  })
})

describe('--edge', () => {
  it.each([
    ['edge.example', { host: 'edge.example', port: 443 }],
    ['127.0.0.1:8443', { host: '127.0.0.1', port: 8443 }],
    ['[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443 }],
  ])('%s', (text, want) => {
    expect(parseAddress(text)).toEqual(want)
  })

  it.each(['', 'https://edge.example', 'edge:0', 'edge:70000', '2001:db8::1', 'edge:x'])(
    '%j is refused',
    text => {
      expect(() => parseAddress(text)).toThrow(/cannot read --edge/)
    },
  )
})

it.each([
  { given: [], want: undefined },
  { given: ['fr-admin'], want: 'fr-admin' },
  { given: ['at=x', 'fr=y'], want: 'y' },
  { given: ['at=x'], want: undefined },
  { given: ['at=x', 'other'], want: 'other' },
  { given: ['arn:aws:eks:eu-west-3:1:cluster/fr'], want: 'arn:aws:eks:eu-west-3:1:cluster/fr' },
])('of the contexts $given region fr gets $want', ({ given, want }) => {
  expect(contextOf(given, 'fr')).toBe(want)
})

describe('--to', () => {
  it.each([
    ['2026-11-29T08:30:00Z', '2026-11-29T08:30:00Z'],
    ['2026-11-29T09:30:00.250+01:00', '2026-11-29T08:30:00Z'],
  ])('%s', (text, want) => {
    expect(timeOf(text, NOW)).toBe(want)
  })

  it.each([
    [undefined, /needs --to/],
    ['2026-11-29', /no time with a zone/],
    ['2026-11-29T08:30:00', /no time with a zone/],
    ['2026-13-29T08:30:00Z', /no time with a zone/],
    ['2026-11-29T12:00:01Z', /in the future/],
  ])('%s is refused', (text, says) => {
    expect(() => timeOf(text, NOW)).toThrow(says)
  })
})

it.each([
  ['24h', 24],
  ['7d', 168],
  ['36', 36],
])('--expires %s are %d hours', (text, want) => {
  expect(hoursOf(text)).toBe(want)
})
it.each(['0h', '', '1w', '-3', '1.5h'])('--expires %j is refused', text => {
  expect(() => hoursOf(text)).toThrow(/is no time/)
})

describe('what is said while one waits', () => {
  const seen = (status: object) => ({
    metadata: { name: 'acme' },
    spec: {},
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'False' as const,
          lastTransitionTime: '',
          reason: '',
          message: 'almost',
        },
      ],
      ...status,
    },
  })

  it.each([
    { why: 'nothing yet', backup: undefined, want: { goesOn: 'almost' } },
    {
      why: 'another one',
      backup: { request: 'b', outcome: 'Succeeded' },
      want: { goesOn: 'almost' },
    },
    { why: 'begun', backup: { request: 'a', message: 'half' }, want: { goesOn: 'half' } },
    {
      why: 'done',
      backup: { request: 'a', outcome: 'Succeeded', at: 'T' },
      want: { ended: 'well', message: 'the backup was taken at T' },
    },
    {
      why: 'failed',
      backup: { request: 'a', outcome: 'Failed', message: 'no store' },
      want: { ended: 'badly', message: 'the backup failed: no store' },
    },
  ])('of a backup: $why', ({ backup, want }) => {
    expect(backupStep(seen({ backup }), 'a')).toEqual(want)
  })

  it.each([
    {
      why: 'an earlier one',
      restore: { to: '2026-11-28T00:00:00Z', outcome: 'Succeeded' },
      want: { goesOn: 'almost' },
    },
    {
      why: 'done, written with fractions',
      restore: { to: '2026-11-29T00:00:00.000Z', outcome: 'Succeeded' },
      want: { ended: 'well', message: 'restored to 2026-11-29T00:00:00Z' },
    },
    {
      why: 'failed',
      restore: { to: '2026-11-29T00:00:00Z', outcome: 'Failed', message: 'abroad' },
      want: { ended: 'badly', message: 'the restore failed: abroad' },
    },
  ])('of a restore: $why', ({ restore, want }) => {
    expect(restoreStep(seen({ restore }), '2026-11-29T00:00:00Z')).toEqual(want)
  })
})

it('the newest report is that of the monitor that was heard last', () => {
  const monitors = [
    { name: 'a', lastContactAt: '2026-11-29T10:00:00.000Z' },
    { name: 'b', lastContactAt: null },
    { name: 'c', lastContactAt: '2026-11-29T11:00:00.000Z' },
  ]
  expect(newestOf(monitors)).toEqual({
    monitor: 'c',
    at: '2026-11-29T11:00:00.000Z',
    monitors: 3,
    neverReported: 1,
  })
  expect(newestOf([])).toBeUndefined()
  expect(newestOf([{ name: 'b', lastContactAt: null }])).toEqual({ monitors: 1, neverReported: 1 })
})

describe('places', () => {
  const region = { spec: { placement: { regionLabel: 'r', regionValue: 'eu-de' } } } as never

  it('of pods are those of their nodes; nobody can tell what a node that is not seen says', () => {
    const pods = ['n1', 'n2', undefined].map(nodeName => ({
      metadata: { name: `on-${nodeName}` },
      spec: { ...(nodeName && { nodeName }) },
    }))
    const nodes = [{ metadata: { name: 'n1', labels: { r: 'eu-de' } } }]
    expect(podPlaces(pods, nodes, region)).toEqual([
      { object: 'Pod on-n1', place: 'eu-de', by: 'node n1' },
      { object: 'Pod on-n2', place: '?', by: 'node n2' },
    ])
  })

  const volume = (...terms: { key: string; operator: string; values?: string[] }[][]) => ({
    metadata: { name: 'v' },
    spec: {
      nodeAffinity: {
        required: { nodeSelectorTerms: terms.map(matchExpressions => ({ matchExpressions })) },
      },
    },
  })
  const bound = (value: string) => [{ key: 'r', operator: 'In', values: [value] }]

  it.each([
    { why: 'bound', volumes: [volume(bound('eu-de'))], want: 'eu-de' },
    { why: 'either', volumes: [volume(bound('eu-de'), bound('us'))], want: 'eu-de, us' },
    { why: 'anywhere by one term', volumes: [volume(bound('eu-de'), [])], want: '?, eu-de' },
    { why: 'anywhere', volumes: [volume()], want: '?' },
    { why: 'not readable', volumes: undefined, want: '?' },
  ])('of a volume: $why', ({ volumes, want }) => {
    const claims = [{ metadata: { name: 'data' }, spec: { volumeName: 'v' } }]
    expect(volumePlaces(claims, volumes, region).map(({ place }) => place)).toEqual([want])
  })
})

describe('what the customer runs', () => {
  const installation = {
    host: 'acme.de.platen.example',
    code: 'ABCD-1234',
    networks: ['10.1.0.0/24', '10.2.0.0/24'],
    chart: 'charts/platen-monitor',
    authority: undefined,
  }

  it('holds what was given', () => {
    expect(
      installationScript({ ...installation, image: 'r.example/platen-monitor', tag: '1.0' }),
    ).toBe(
      `helm install platen-monitor charts/platen-monitor --namespace platen-monitor --create-namespace \\
  --set enrol.url=https://acme.de.platen.example \\
  --set-string enrol.code=ABCD-1234 \\
  --set 'networks={10.1.0.0/24,10.2.0.0/24}' \\
  --set image.repository=r.example/platen-monitor \\
  --set-string image.tag=1.0`,
    )
  })

  it("brings the region's authority along, and leaves the networks to the customer", () => {
    const script = installationScript({ ...installation, networks: [], authority: 'PEM\n' })
    expect(script).toMatch(/^cat > platen-ca\.pem <<'END'\nPEM\nEND\nhelm install /)
    expect(script).toContain('--set-file enrol.certificateAuthority=platen-ca.pem')
    expect(script).toContain("'networks={NETWORK}'")
  })
})

describe('the command line', () => {
  const [status] = COMMANDS
  if (!status) throw new Error('there is no command')

  it('takes names and options in any order, as kubectl does', () => {
    const { names, given } = readCall(status, [
      '-o',
      'json',
      'acme',
      '--region-context',
      'fr=x',
      '-n',
      'ops',
    ])
    expect(names).toEqual(['acme'])
    expect(given.text('output')).toBe('json')
    expect(given.texts('region-context')).toEqual(['fr=x'])
    expect(given.text('namespace')).toBe('ops')
    expect(given.flag('help')).toBe(false)
  })

  it('is refused with the command that explains it', () => {
    expect(() => readCall(status, ['--wat'])).toThrow(
      "cannot run kubectl platen status: Unknown option '--wat'; see kubectl platen status --help",
    )
  })

  it.each(COMMANDS.map(command => [command.name, command] as const))(
    'of %s is explained by its help',
    (name, command) => {
      const help = helpOf(command)
      expect(helpOfAll(COMMANDS)).toContain(`  ${name} `)
      for (const option of Object.keys({ ...COMMON, ...command.options })) {
        expect(help).toContain(`--${option}`)
      }
      for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(140)
    },
  )
})
