import { describe, expect, it } from 'vitest'
import { podPlaces, volumePlaces } from './places.ts'

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
