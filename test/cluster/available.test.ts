import { expect, it } from 'vitest'
import { whyWaiting } from './available.ts'

const pulling = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "r.example/api:1"' }
const unbound = { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }

it.each([
  {
    name: 'an image that cannot be pulled',
    status: { containerStatuses: [{ state: { waiting: pulling } }] },
    why: 'ImagePullBackOff: Back-off pulling image "r.example/api:1"',
  },
  {
    name: 'that of an init container, which comes first',
    status: {
      initContainerStatuses: [{ state: { waiting: pulling } }],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    },
    why: 'ImagePullBackOff: Back-off pulling image "r.example/api:1"',
  },
  { name: 'no room', status: { conditions: [unbound] }, why: '0/1 nodes are available' },
  {
    name: 'nothing',
    status: {
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ state: { running: {} } }],
    },
    why: undefined,
  },
])('a pod waits for $name', ({ status, why }) => {
  expect(whyWaiting({ status })).toBe(why)
})
