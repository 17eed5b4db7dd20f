import type { KubeObject } from '../../kubernetes/rest.ts'

/** The StorageClass of the regions. Its label tells that what is there of Platen is of `up`: it comes first and goes last. */
export const CLASS = 'platen-demonstration'

const MARK = { 'app.kubernetes.io/managed-by': 'platen-cluster' } as const

export function isMarked(storageClasses: KubeObject[]): boolean {
  const found = storageClasses.find(({ metadata }) => metadata.name === CLASS)
  return Object.entries(MARK).every(([label, value]) => found?.metadata.labels?.[label] === value)
}

export function defaultClass(storageClasses: KubeObject[]): KubeObject | undefined {
  return storageClasses.find(
    ({ metadata }) =>
      metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
  )
}

/** The cluster's default class, for one region only. */
export function regionalClass(storageClass: KubeObject, region: string): KubeObject {
  const { provisioner, parameters, mountOptions } = storageClass
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: CLASS, labels: MARK },
    provisioner,
    ...(parameters && { parameters }),
    ...(mountOptions && { mountOptions }),
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [
      { matchLabelExpressions: [{ key: 'topology.kubernetes.io/region', values: [region] }] },
    ],
  }
}
