import { describe, expect, it } from 'vitest'
import { milliCpuBetween, type Part, usageOf } from './usage.ts'

const PART: Part = { name: 'API', namespace: 'tenant-a', pods: 'api-', container: 'api' }
const SECOND = 1e9

function pod(name: string, namespace: string, { seconds = 0, at = 0, container = 'api' }) {
  const cpu = { time: new Date(at * 1000).toISOString(), usageCoreNanoSeconds: seconds * SECOND }
  const containers = [{ name: container, cpu, memory: { workingSetBytes: 1000 } }]
  return { podRef: { name, namespace, uid: name }, containers }
}

describe('what a part uses', () => {
  it('is the sum of its containers in all its pods, and nobody else', () => {
    const at = (one: number, other: number, time: number) =>
      usageOf(
        {
          pods: [
            pod('api-1', 'tenant-a', { seconds: one, at: time }),
            pod('api-2', 'tenant-a', { seconds: other, at: time }),
            pod('api-3', 'tenant-b', { seconds: 7 * time, at: time }),
            pod('ingest-1', 'tenant-a', { seconds: 7 * time, at: time }),
            pod('api-4', 'tenant-a', { seconds: 7 * time, at: time, container: 'other' }),
          ],
        },
        PART,
      )
    const before = at(10, 100, 1_000)
    expect(before.workingSet).toBe(2_000)
    expect(milliCpuBetween(before, at(11, 102, 1_010))).toBeCloseTo(300)
  })

  it('is refused where nothing of it runs', () => {
    expect(() => usageOf({ pods: [] }, PART)).toThrow('cannot measure API')
  })

  it.each([
    { why: 'another pod', name: 'api-2', seconds: 20 },
    { why: 'the same pod with another process', name: 'api-1', seconds: 1 },
  ])('is refused after a restart: $why', ({ name, seconds }) => {
    const before = usageOf({ pods: [pod('api-1', 'tenant-a', { seconds: 10, at: 1 })] }, PART)
    const after = usageOf({ pods: [pod(name, 'tenant-a', { seconds, at: 2 })] }, PART)
    expect(() => milliCpuBetween(before, after)).toThrow('started or ended')
  })
})
