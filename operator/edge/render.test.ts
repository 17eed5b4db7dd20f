import { expect, it } from 'vitest'
import type { KubernetesObject } from '../cluster/object.ts'
import { region } from '../render/input.support.ts'
import { routes } from './cases.support.ts'
import { renderEdge } from './index.ts'

function objectOf(objects: KubernetesObject[], kind: string, name = 'edge'): KubernetesObject {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name)
  if (!found) throw new Error(`there is no ${kind} ${name}`)
  return found
}

const podTemplate = (objects: KubernetesObject[]) =>
  (objectOf(objects, 'Deployment').spec as { template: unknown }).template

it('does not depend on the order of the routes', () => {
  const turned = renderEdge({ region: region(), routes: routes.toReversed() })
  expect(turned).toEqual(renderEdge({ region: region(), routes }))
})

it('changes nothing but the routes when a tenant comes or goes', () => {
  const before = renderEdge({ region: region(), routes })
  const after = renderEdge({ region: region(), routes: routes.slice(1) })
  const changed = after.filter(
    (object, index) => JSON.stringify(object) !== JSON.stringify(before[index]),
  )
  expect(changed.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ConfigMap edge-routes',
  ])
})

it('starts new pods when the configuration of HAProxy changes', () => {
  const before = podTemplate(renderEdge({ region: region(), routes }))
  const nodePort = region({ edge: { serviceType: 'NodePort', replicas: 2 } })
  expect(podTemplate(renderEdge({ region: nodePort, routes }))).not.toEqual(before)
  const annotated = region({
    edge: { serviceType: 'LoadBalancer', annotations: { a: 'b' }, replicas: 2 },
  })
  expect(podTemplate(renderEdge({ region: annotated, routes }))).toEqual(before)
})

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    host: `${'t'.repeat(34)}-${index}.region-with-a-long-name.customers.platen.example`,
    namespace: `tenant-${'t'.repeat(34)}-${index}`,
  }))

it('has room for 5,000 tenants with long names', () => {
  expect(() => renderEdge({ region: region(), routes: many(5_000) })).not.toThrow()
})

it('says what to do when a ConfigMap cannot hold the routes', () => {
  expect(() => renderEdge({ region: region(), routes: many(9_000) })).toThrow(
    /^cannot render the routes of Region eu-central: they have \d+ bytes .* another Region$/,
  )
})
