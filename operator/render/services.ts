import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import { type Part, selectorOf } from './labels.ts'
import { owned } from './owned.ts'

export interface NamedPort {
  /** Also the name of the container's port. */
  name: string
  port: number
}

export function service(
  input: TenantInput,
  part: Part,
  { name, port }: NamedPort,
): KubernetesObject {
  const ref = { apiVersion: 'v1', kind: 'Service', name: part.name, part }
  const ports = [{ name, port, protocol: 'TCP', targetPort: name }]
  return owned(input, ref, { spec: { selector: selectorOf(input, part), ports } })
}
