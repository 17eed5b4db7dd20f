import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addSite, insert } from './testing/rows.ts'
import { idOf, startWithSite } from './testing/site.ts'

let here: Awaited<ReturnType<typeof startWithSite>>
beforeAll(async () => {
  here = await startWithSite()
})
afterAll(() => here?.[Symbol.asyncDispose]())

function addIncident(device: string, columns: Record<string, unknown>) {
  const usual = { source: 'alert', severity: 'warning', code: 'jam' }
  return insert(here.sql, 'incident', { device_id: device, ...usual, ...columns })
}

describe('incidents', () => {
  const day = (n: number) => `2026-11-0${n}T00:00:00.000Z`

  it('of a device: the open ones by severity, all by time, in pages', async () => {
    const device = await here.site.addDevice()
    await addIncident(device, { key: 'a', opened_at: day(1), closed_at: day(2) })
    await addIncident(device, { key: 'b', opened_at: day(2) })
    await addIncident(device, { key: 'c', opened_at: day(3), severity: 'critical' })
    const { openIncidents, incidents, closed } = await here.askDevice(
      device,
      `openIncidents { openedAt closedAt }
       incidents(first: 2) { nodes { openedAt } pageInfo { hasNextPage endCursor } }
       closed: incidents(filter: { open: false }) { nodes { openedAt closedAt } }`,
    )
    expect(openIncidents).toEqual([3, 2].map(n => ({ openedAt: day(n), closedAt: null })))
    expect(incidents.nodes).toEqual([{ openedAt: day(3) }, { openedAt: day(2) }])
    expect(incidents.pageInfo.hasNextPage).toBe(true)
    expect(closed.nodes).toEqual([{ openedAt: day(1), closedAt: day(2) }])
    const rest = await here.askDevice(device, 'incidents(after: $after) { nodes { openedAt } }', {
      after: incidents.pageInfo.endCursor,
    })
    expect(rest.incidents.nodes).toEqual([{ openedAt: day(1) }])
  })

  it('of all devices: newest first, by site, device, severity and time', async () => {
    const paris = await addSite(here.sql, 'Paris')
    const devices = [await paris.addDevice(), await paris.addDevice()]
    await addIncident(devices[0] ?? '', { key: 'a', opened_at: day(4) })
    await addIncident(devices[1] ?? '', { key: 'b', opened_at: day(5), severity: 'critical' })
    await addIncident(devices[1] ?? '', { key: 'c', opened_at: day(6), closed_at: day(7) })
    const found = async (filter: object) => {
      const { data, errors } = await here.api.ask(
        'query ($filter: IncidentFilter) { incidents(filter: $filter) { nodes { openedAt } } }',
        { filter: { siteId: idOf('Site', paris.site), ...filter } },
      )
      expect(errors).toEqual([])
      return data.incidents.nodes.map((node: { openedAt: string }) => node.openedAt)
    }
    expect(await found({})).toEqual([day(6), day(5), day(4)])
    expect(await found({ open: true })).toEqual([day(5), day(4)])
    expect(await found({ minimumSeverity: 'CRITICAL' })).toEqual([day(5)])
    expect(await found({ since: day(5) })).toEqual([day(6), day(5)])
    expect(await found({ deviceId: idOf('Device', devices[0] ?? '') })).toEqual([day(4)])
  })
})
