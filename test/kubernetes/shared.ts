import { describe, inject, it } from 'vitest'
import { accessTo, type ClusterAccess } from './access.ts'

/**
 * A suite that needs a Kubernetes API server. Where there can be none it is skipped, and the run says why;
 * with PLATEN_REQUIRE_KUBERNETES set, as in CI, it fails.
 */
export function describeKubernetes(name: string, suite: () => void): void {
  describeUnless(inject('kubernetes').missing.controlPlane, name, suite)
}

/** A suite that needs helm. */
export function describeHelm(name: string, suite: () => void): void {
  describeUnless(inject('kubernetes').missing.helm, name, suite)
}

/**
 * A suite that makes clusters with real nodes (test/cluster), which needs Linux and root.
 * @param inTheWay asked when all else is there: what the suite must not destroy, and what to do, in words.
 */
export function describeNode(
  name: string,
  suite: () => void,
  inTheWay: () => string | undefined = () => undefined,
): void {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0
  const missing = isRoot ? undefined : 'a node needs Linux and root; run the tests as root'
  describeUnless(missing ?? inject('kubernetes').missing.node ?? inTheWay(), name, suite)
}

/** On a machine that has much else to do, a control plane takes half a minute to start. */
const SLOW_MS = 120_000

function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  if (missing === undefined) {
    describe(name, { timeout: SLOW_MS }, suite)
  } else if (process.env.PLATEN_REQUIRE_KUBERNETES) {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(missing)
      })
    })
  } else {
    describe.skip(`${name} (${missing})`, suite)
  }
}

/**
 * The control plane of that name that all tests of a run share, started when it is first asked for, with all
 * controllers. Tests use names of their own on it, and leave it running; one that breaks an API server starts its own.
 */
export async function sharedControlPlane(name = 'management'): Promise<ClusterAccess> {
  const answer = await fetch(`${inject('kubernetes').sharedUrl}/${name}`)
  const said = await answer.text()
  if (!answer.ok) throw new Error(said)
  return accessTo({ name, directory: said })
}
