import { expect, it } from 'vitest'
import type { ContainerStatus, Pod } from '../objects.ts'
import { whyNotReady } from './why-pod.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const READY = [{ type: 'Ready', status: 'True' }]

function podWith(
  containers: ContainerStatus[],
  status: Pod['status'] = {},
  metadata: object = {},
): Pod {
  return {
    metadata: { name: 'x', ...metadata },
    status: { containerStatuses: containers, ...status },
  }
}

it.each<{ why: string; pod: Pod; says: string[] }>([
  {
    why: 'A pod that works has nothing to say.',
    pod: podWith([{ name: 'api' }], { conditions: READY }),
    says: [],
  },
  {
    why: 'A job that is over works no more, and that is right.',
    pod: podWith([{ name: 'prepare', state: { terminated: { exitCode: 0 } } }], {
      phase: 'Succeeded',
    }),
    says: [],
  },
  {
    why: 'No node takes it.',
    pod: podWith([], {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available',
        },
      ],
    }),
    says: ['no node takes it (Unschedulable: 0/3 nodes are available)'],
  },
  {
    why: 'An image is not there.',
    pod: podWith([
      {
        name: 'xmpp',
        state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } },
      },
    ]),
    says: ['container xmpp waits (ImagePullBackOff: Back-off pulling image)'],
  },
  {
    why: 'A new one takes its time.',
    pod: podWith([{ name: 'api', state: { waiting: { reason: 'ContainerCreating' } } }]),
    says: ['container api is being made (ContainerCreating)'],
  },
  {
    why: 'It ends again and again, and why it ended last is what one has to know.',
    pod: podWith([
      {
        name: 'ingest',
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: {
          terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-29T11:57:00Z' },
        },
      },
    ]),
    says: [
      'container ingest waits (CrashLoopBackOff)',
      'container ingest was restarted 4 times, last 3 min ago (OOMKilled, exit status 137)',
    ],
  },
  {
    why: 'A restart is told though all is well again.',
    pod: podWith(
      [
        {
          name: 'api',
          restartCount: 1,
          lastState: { terminated: { signal: 9, finishedAt: '2026-11-29T11:00:00Z' } },
        },
      ],
      { conditions: READY },
    ),
    says: ['container api was restarted once, last 60 min ago (signal 9)'],
  },
  {
    why: 'One of days ago is history.',
    pod: podWith(
      [
        {
          name: 'api',
          restartCount: 1,
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-27T11:00:00Z' } },
        },
      ],
      { conditions: READY },
    ),
    says: [],
  },
  {
    why: 'It runs and does not answer.',
    pod: podWith([{ name: 'api', state: { running: {} } }], {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
    }),
    says: ['its check of readiness does not succeed'],
  },
  {
    why: 'Nobody has looked at it yet.',
    pod: podWith([], { phase: 'Pending' }),
    says: ['it has not started yet'],
  },
  {
    why: 'The node threw it out.',
    pod: podWith([], { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
    says: ['it failed (Evicted: low on memory)'],
  },
  {
    why: 'Somebody deleted it.',
    pod: podWith([], { conditions: READY }, { deletionTimestamp: '2026-11-29T11:59:59Z' }),
    says: ['it is ending'],
  },
])('$why', ({ pod, says }) => {
  expect(whyNotReady(pod, NOW)).toEqual(says)
})
