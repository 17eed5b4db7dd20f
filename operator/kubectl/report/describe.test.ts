import { expect, it } from 'vitest'
import { describePod, describeRegion, describeTenant, describeWorkload } from './describe.ts'

const PLANTED = 'nobody-shall-read-this'

/** Everything that somebody can write something into, beside what is described. */
const meta = {
  name: 'acme',
  labels: { owner: PLANTED },
  annotations: { contact: PLANTED },
  managedFields: [{ manager: PLANTED }],
}

it.each<{ kind: string; told: unknown; keeps: string }>([
  {
    kind: 'Tenant',
    told: describeTenant({
      apiVersion: 'platen.dev/v1alpha1',
      kind: 'Tenant',
      metadata: meta,
      spec: {
        displayName: PLANTED,
        country: 'DE',
        size: 'small',
        sites: [{ name: PLANTED, displayName: PLANTED }],
        api: { oidc: { issuer: `https://${PLANTED}`, audience: PLANTED } },
        retention: { readingsMonths: 24 },
        suspend: false,
        deletionPolicy: 'Retain',
        future: PLANTED,
      } as never,
      status: {
        country: 'DE',
        host: `${PLANTED}.example`,
        backup: { at: '2026-11-29T02:00:00Z' },
        restore: { id: 'a', state: 'Restored' },
        future: PLANTED,
      } as never,
    }),
    keeps: '"backup":{"at":"2026-11-29T02:00:00Z"},"restore":{"id":"a","state":"Restored"}',
  },
  {
    kind: 'Region',
    told: describeRegion({
      metadata: meta,
      spec: {
        countries: ['DE'],
        domain: 'de.platen.example',
        cluster: { kubeconfigSecretRef: { name: PLANTED } },
        edge: { serviceType: 'ClusterIP', annotations: { 'example.com/account': PLANTED } },
        images: { registry: 'r', version: '1', pullSecretRefs: [{ name: PLANTED }] },
        backup: { endpoint: `https://${PLANTED}`, bucket: PLANTED, location: 'eu' },
        telemetry: { otlpEndpoint: `https://${PLANTED}` },
      },
      status: { certificateAuthority: PLANTED },
    } as never),
    keeps: '"location":"eu"',
  },
  {
    kind: 'Pod',
    told: describePod({
      metadata: meta,
      spec: { nodeName: 'node-1', containers: [{ env: [{ value: PLANTED }], args: [PLANTED] }] },
      status: {
        podIP: PLANTED,
        hostIP: PLANTED,
        containerStatuses: [{ name: 'api', image: 'r/platen-api:1', containerID: PLANTED }],
      },
    } as never),
    keeps: '"node":"node-1"',
  },
  {
    kind: 'Deployment',
    told: describeWorkload({
      metadata: meta,
      spec: { replicas: 2, template: { spec: { containers: [{ command: [PLANTED] }] } } },
    } as never),
    keeps: '"replicas":2',
  },
])('of a $kind nothing is told but what the list names', ({ told, keeps }) => {
  const text = JSON.stringify(told)
  expect(text).not.toContain(PLANTED)
  expect(text).toContain(keeps)
})
