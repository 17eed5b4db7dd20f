import { afterAll, beforeAll, expect, it } from 'vitest'
import { addSite, insert } from './testing/rows.ts'
import { idOf, startWithSite } from './testing/site.ts'

let here: Awaited<ReturnType<typeof startWithSite>>
beforeAll(async () => {
  here = await startWithSite()
})
afterAll(() => here?.[Symbol.asyncDispose]())

it('node and nodes find every type by its id, in the order asked for, null for what is gone', async () => {
  const device = await here.site.addDevice()
  const incident = await insert(here.sql, 'incident', {
    device_id: device,
    source: 'alert',
    severity: 'warning',
    code: 'jam',
    key: 'a',
    opened_at: '2026-11-01T00:00:00Z',
  })
  const ids = [
    idOf('Incident', incident),
    idOf('Device', crypto.randomUUID()),
    idOf('Monitor', here.site.monitor),
    idOf('Site', here.site.site),
    idOf('Device', device),
  ]
  const { data } = await here.api.ask(
    'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }',
    { id: ids[0], ids },
  )
  const [incidentId, , monitorId, siteId, deviceId] = ids
  expect(data.node).toEqual({ __typename: 'Incident', id: incidentId })
  expect(data.nodes).toEqual([
    { __typename: 'Incident', id: incidentId },
    null,
    { __typename: 'Monitor', id: monitorId },
    { __typename: 'Site', id: siteId },
    { __typename: 'Device', id: deviceId },
  ])
})

it('sites and monitors are listed by name; a monitor tells its health', async () => {
  const rome = await addSite(here.sql, 'Aachen')
  await here.sql`
    update monitor set outbox_reports = 3, outbox_bytes = 5000000000, devices = 40, unreadable = 2
    where id = ${rome.monitor}`
  const { data } = await here.api.ask(
    `query ($siteId: ID!) {
      sites(first: 1) { nodes { name } pageInfo { hasNextPage } }
      monitors(filter: { siteId: $siteId }) { nodes { name outboxReports outboxBytes deviceCount unreadableCount version } }
    }`,
    { siteId: idOf('Site', rome.site) },
  )
  expect(data.sites).toEqual({ nodes: [{ name: 'Aachen' }], pageInfo: { hasNextPage: true } })
  const health = {
    outboxReports: 3,
    outboxBytes: 5_000_000_000,
    deviceCount: 40,
    unreadableCount: 2,
  }
  expect(data.monitors.nodes).toEqual([{ name: 'aachen', ...health, version: null }])
})
