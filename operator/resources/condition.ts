/* Generated from crds/ by `npm run generate`; change it there. */

/** One aspect of the current state, as in the Kubernetes API conventions. */
export type Condition = {
  /** What the condition is about, e.g. Ready. */
  type: string
  /** True, False, or Unknown when the operator cannot tell. */
  status: 'True' | 'False' | 'Unknown'
  /** The metadata.generation that the condition was set for. When it is lower than metadata.generation, the condition is about an older spec. */
  observedGeneration?: number
  /** When the status last changed, in RFC 3339. A change of reason or message does not count. */
  lastTransitionTime: string
  /** Why the status is as it is, in one CamelCase word for programs. */
  reason: string
  /** Why the status is as it is, and what to do, in a sentence for people. May be empty. */
  message: string
}
