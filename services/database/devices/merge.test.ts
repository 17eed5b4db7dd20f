import { expect, it } from 'vitest'
import { connect } from '../connect.ts'
import { about, databaseWithMonitors, NOW } from '../reports/writer.support.ts'
import { createReportWriter } from '../reports/writer.ts'

it('takes the time it needs: cut off by the timeout of statements, it would never be done', async () => {
  await using test = await databaseWithMonitors()
  const impatient = connect(test.url, { statementMs: 1000 })
  const writer = createReportWriter(impatient, { now: () => NOW })
  const meters = [{ name: 'total', unit: 'impressions', value: 7, grade: 'A' } as const]
  const seen = (device: string, minute: number, asset: object) =>
    writer.write([about(device, minute, { asset: { make: 'HP', ...asset }, meters })])
  await seen('a', 1, { serial: 'PHB11111' })
  await seen('b', 2, { mac: '3c:2a:f4:00:00:01' })
  await test.sql.unsafe(`
    create function many_readings() returns trigger language plpgsql as
      $$ begin perform pg_sleep(1.5); return new; end $$;
    create trigger slow before update on meter_reading_2026_11 for each row execute function many_readings();`)

  await seen('a', 3, { serial: 'PHB11111', mac: '3c:2a:f4:00:00:01' })

  expect(await test.sql`select from device`).toHaveLength(1)
  await impatient.end()
})
