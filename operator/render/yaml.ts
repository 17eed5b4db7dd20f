import { dumpYaml } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'

/** Objects as one YAML stream, as kubectl reads it. */
export function toYaml(objects: KubernetesObject[]): string {
  return objects.map(document).join('---\n')
}

const STYLE = { lineWidth: -1, noRefs: true, quoteStyle: 'double' } as const

/**
 * dumpYaml takes what has a built-in kind for an object of its own classes, in which `from` and `default` are called
 * `_from` and `_default`, and loses ours: it does not get to see the kind.
 */
function document({ apiVersion, kind, ...content }: KubernetesObject): string {
  const parts = [{ apiVersion }, { kind }, content]
  return parts.map(part => dumpYaml(part, STYLE)).join('')
}
