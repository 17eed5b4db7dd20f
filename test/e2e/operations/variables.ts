import { FRANCE } from '../../cluster/clusters.ts'
import { RELEASE } from '../../cluster/platform/resources.ts'

/** What the page's first block gives, for the local clusters. */
export const variables = {
  REGISTRY: RELEASE.registry,
  VERSION: RELEASE.version,
  /** The same images under another tag. */
  NEXT: `${RELEASE.version}-next`,
  /** The site is in France's cluster, though its tenant is not: so it comes from outside. */
  NETWORK: FRANCE.podCidr,
}
