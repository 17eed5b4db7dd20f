import { readFileSync } from 'node:fs'
import { renderTenant, type TenantInput } from '@platen/operator'
import { expect, it } from 'vitest'
import type { KubeObject } from '../kubernetes/index.ts'
import { regionNamed, tenantNamed } from './support/index.ts'

const PAGE = readFileSync(new URL('../../docs/operator.md', import.meta.url), 'utf8')
const STORAGE = 10

/** The rows of the table below the headline. */
const [, ...ROWS] = (/\n### Sizes\n\n([\s\S]*?)\n\n/.exec(PAGE)?.[1] ?? '')
  .split('\n')
  .filter(line => !line.startsWith('| ---'))

it('No sizing guide (crossplane #2596): docs/operator.md tells what each size gets.', () => {
  expect(ROWS.map(row => row.split('|')[1]?.trim())).toEqual(['small', 'medium', 'large'])
})

it.each(ROWS)(
  'No sizing guide (crossplane #2596): what stands there is what is rendered: %s',
  row => {
    const [, size = '', , ...told] = row.split('|').map(cell => cell.trim())
    const objects = render(size)
    const find = (kind: string, name: string) =>
      objects.find(one => one.kind === kind && one.metadata.name === name)
    const pods = (name: string) => {
      const { spec } = find('Deployment', name)
      return `${counted(spec.replicas, 'pod')}, ${computeOf(spec.template.spec.containers)}`
    }
    const { spec } = find('Cluster', 'database')
    const storage = Number.parseInt(spec.storage.size, 10) / STORAGE
    expect(told.slice(0, 4)).toEqual([
      pods('ingest'),
      pods('api'),
      `${counted(spec.instances, 'instance')}, ${computeOf([spec])}`,
      size === 'small' ? "1 times the Region's" : `${storage} times`,
    ])
    expect(storage).toBe(Number.parseInt(told[3] ?? '', 10))
  },
)

function render(size: string): KubeObject[] {
  const database = { kind: 'cnpg', version: '18', storage: { size: `${STORAGE}Gi` } }
  const input = {
    region: regionNamed('de', { database, certificates: {}, rollout: {} }),
    tenant: tenantNamed('acme', { size, sites: [], suspend: false, retention: {} }),
    version: '1.0.0',
    secrets: {},
    accepting: true,
    ledger: [],
    ledgerKeys: {},
    addresses: { hosts: {}, apiServer: [] },
  }
  return renderTenant(input as unknown as TenantInput)
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Of all containers together, as people write it. */
function computeOf(containers: KubeObject[]): string {
  const sum = (name: 'cpu' | 'memory') =>
    containers.reduce((all, { resources }) => all + amountOf(resources.requests[name]), 0)
  const mebibytes = Math.round(sum('memory') / 2 ** 20)
  const memory = mebibytes < 1024 ? `${mebibytes} MiB` : `${mebibytes / 1024} GiB`
  return `${Number(sum('cpu').toFixed(2))} CPU, ${memory}`
}

function amountOf(quantity: string): number {
  const [, digits, unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? []
  const factor = { m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit] ?? 1
  return Number(digits) * factor
}
