import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../kubernetes/index.ts'

export const API = 'platen.dev/v1alpha1'
export const REGION_LABEL = 'topology.kubernetes.io/region'
/** The operator's own namespace, in both clusters. */
export const NAMESPACE = 'platen-system'
/** What the chart's account is called, in both clusters. */
export const OPERATOR = `system:serviceaccount:${NAMESPACE}:platen-operator`

/** Where the two clusters' nodes are, and their StorageClasses: as in docs/examples. */
export const DE = { place: 'eu-central-1', storageClass: 'platen-eu-central-1' }
export const FR = { place: 'eu-west-3', storageClass: 'regional-fr' }

/** The objects of a file of docs/examples. */
export function examplesIn(file: string): KubeObject[] {
  const path = fileURLToPath(new URL(`../../../docs/examples/${file}`, import.meta.url))
  return parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS())
}

/** A Region in the management cluster. */
export function regionNamed(name: string, spec: KubeObject = {}): KubeObject {
  return {
    apiVersion: API,
    kind: 'Region',
    metadata: { name },
    spec: {
      countries: ['DE', 'AT'],
      domain: `${name}.platen.example`,
      placement: { regionValue: DE.place, storageClassName: DE.storageClass },
      edge: { serviceType: 'ClusterIP', replicas: 1 },
      images: { registry: 'registry.example.com/platen', version: '1.0.0' },
      ...spec,
    },
  }
}

/** What makes a Region one of the other cluster. */
export const IN_FR = {
  countries: ['FR'],
  cluster: { kubeconfigSecretRef: { name: 'cluster-fr' } },
  placement: { regionValue: FR.place, storageClassName: FR.storageClass },
}

export function tenantNamed(name: string, spec: KubeObject = {}): KubeObject {
  return {
    apiVersion: API,
    kind: 'Tenant',
    metadata: { name },
    spec: { displayName: `Customer ${name}`, country: 'DE', ...spec },
  }
}

export function namespaceNamed(name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

export function secretNamed(
  namespace: string,
  name: string,
  stringData: Record<string, string>,
): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData }
}

export function storageClassOf({ place, storageClass }: typeof DE): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClass },
    provisioner: 'csi.example.com',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [{ matchLabelExpressions: [{ key: REGION_LABEL, values: [place] }] }],
  }
}
