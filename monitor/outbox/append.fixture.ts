import { openOutbox } from './index.ts'

// Appends numbered reports until it is killed, and says after each append how far it is on disk. Settles some meanwhile.

const [directory = ''] = process.argv.slice(2)
using outbox = openOutbox({ directory })
for (;;) {
  const life = Number(outbox.devices()[0]?.state.meters?.[0]?.value ?? 0) + 1
  const meters = [{ name: 'total', unit: 'impressions', value: life, grade: 'A' } as const]
  const record = { key: 'd', identity: {}, state: { meters }, reportedFullAt: 0 }
  const observedAt = '2026-11-23T08:00:00.000Z'
  const [seq = 0] = outbox.append([{ device: 'd', observedAt, meters, record }])
  process.stdout.write(`${seq} ${life}\n`)
  await new Promise(setImmediate)
}
