import { describe, expect, it } from 'vitest'
import type { Workload } from '../objects.ts'
import { partsOf } from './parts.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const NONE = { deployments: [], statefulSets: [], clusters: [], jobs: [], pods: [] }

function deployment(replicas: number, ready: number, more: object = {}): Workload {
  return {
    metadata: { name: 'api' },
    spec: { replicas, selector: { matchLabels: { 'app.kubernetes.io/name': 'api' } } },
    status: { readyReplicas: ready, ...more },
  }
}

const job = (
  name: string,
  creationTimestamp: string,
  status: Workload['status'] = {},
): Workload => ({
  metadata: { name, creationTimestamp },
  spec: { completions: 1 },
  status,
})

describe('parts', () => {
  it('say of each workload what its own pods say, and not what others do', () => {
    const waiting = { name: 'api', state: { waiting: { reason: 'ErrImagePull' } } }
    const pods = ['api', 'ingest'].map(name => ({
      metadata: { name: `${name}-1`, labels: { 'app.kubernetes.io/name': name } },
      status: { containerStatuses: [waiting] },
    }))
    expect(partsOf({ ...NONE, deployments: [deployment(2, 1)], pods }, NOW)).toEqual([
      {
        name: 'Deployment api',
        ready: 1,
        wanted: 2,
        why: ['pod api-1: container api waits (ErrImagePull)'],
      },
    ])
  })

  it('say what keeps a Deployment from having pods at all', () => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: tenant' },
    ]
    const [part] = partsOf({ ...NONE, deployments: [deployment(1, 0, { conditions })] }, NOW)
    expect(part?.why).toEqual(['no pod can be made: exceeded quota: tenant'])
  })

  it('are zero of zero while a tenant is suspended', () => {
    const [part] = partsOf({ ...NONE, deployments: [deployment(0, 0)] }, NOW)
    expect(part).toMatchObject({ ready: 0, wanted: 0, why: [] })
  })

  it('hold the newest Job of each kind: those before it are history', () => {
    const failed = {
      failed: 3,
      conditions: [
        { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' },
      ],
    }
    const jobs = [
      job('prepare-new', '2026-11-29T10:00:00Z', failed),
      job('prepare-old', '2026-11-01T10:00:00Z', { succeeded: 1 }),
      job('backup-29412345', '2026-11-29T02:00:00Z', { succeeded: 1 }),
    ]
    expect(partsOf({ ...NONE, jobs }, NOW)).toEqual([
      {
        name: 'Job prepare-new',
        ready: 0,
        wanted: 1,
        why: ['it was given up: BackoffLimitExceeded too often'],
      },
      { name: 'Job backup-29412345', ready: 1, wanted: 1, why: [] },
    ])
  })

  it("say what CloudNativePG's operator says while an instance is missing", () => {
    const cluster: Workload = {
      metadata: { name: 'database' },
      spec: { instances: 3 },
      status: { readyInstances: 2, phase: 'Failing over' },
    }
    expect(partsOf({ ...NONE, clusters: [cluster] }, NOW)).toEqual([
      { name: 'Cluster database', ready: 2, wanted: 3, why: ['Failing over'] },
    ])
  })
})
