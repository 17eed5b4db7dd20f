import { region } from '../render/input.support.ts'
import type { EdgeInput } from './index.ts'

export const routes = [
  { host: 'umbrella.eu-central.platen.example', namespace: 'tenant-umbrella' },
  { host: 'acme.eu-central.platen.example', namespace: 'tenant-acme' },
]

/** One for each option: what each renders to stands in testdata/NAME.yaml. */
export const cases: { name: string; why: string; input: EdgeInput }[] = [
  {
    name: 'balanced',
    why: 'With the defaults of the CRD: a load balancer before two pods.',
    input: { region: region(), routes },
  },
  {
    name: 'node-port',
    why: 'Something of the platform stands before it, so sources are not limited; one pod has no budget.',
    input: { region: region({ edge: { serviceType: 'NodePort', replicas: 1 } }), routes },
  },
  {
    name: 'options',
    why: 'A class, annotations, a node pool of its own, telemetry, pull secrets and no tenant yet.',
    input: {
      region: region({
        placement: {
          regionLabel: 'topology.kubernetes.io/region',
          regionValue: 'eu-central-1',
          nodeSelector: { 'platen.dev/pool': 'tenants' },
          tolerations: [
            { key: 'platen.dev/pool', operator: 'Equal', value: 'tenants', effect: 'NoSchedule' },
          ],
          storageClassName: 'eu-central',
        },
        edge: {
          serviceType: 'LoadBalancer',
          loadBalancerClass: 'example.com/internal',
          annotations: {
            'external-dns.alpha.kubernetes.io/hostname': '*.eu-central.platen.example',
          },
          replicas: 3,
        },
        telemetry: { otlpEndpoint: 'http://collector.telemetry.svc:4318' },
        images: {
          registry: 'registry.example.com/platen',
          version: '1.4.0',
          pullSecretRefs: [{ name: 'pull-one' }],
        },
      }),
      routes: [],
    },
  },
  {
    name: 'cluster-ip',
    why: 'Something else in the cluster forwards to it.',
    input: { region: region({ edge: { serviceType: 'ClusterIP', replicas: 2 } }), routes },
  },
]
