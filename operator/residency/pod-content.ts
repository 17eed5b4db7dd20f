import type { PodFacts } from '../cluster/observed.ts'
import { LABELS } from '../names.ts'
import type { Finding } from './sighting.ts'

interface Own {
  /** What makes its pods. */
  owner: RegExp
  /**
   * Names of their containers, as operator/render has them. Those of a version before stand here as long as somebody may
   * upgrade from it: an upgrade must not close a stack.
   */
  containers?: readonly string[]
}

/** Pods by `app.kubernetes.io/name`. */
const OWN: Readonly<Record<string, Own>> = {
  ingest: { owner: /^ReplicaSet\/ingest-[^-]+$/, containers: ['xmpp,ingest'] },
  api: { owner: /^ReplicaSet\/api-[^-]+$/, containers: ['api'] },
  database: {
    owner: /^StatefulSet\/database$/,
    containers: ['postgresql', 'postgresql,backup', 'restore,postgresql,backup'],
  },
  prepare: { owner: /^Job\/prepare-/, containers: ['prepare'] },
  expire: { owner: /^Job\/expire-/, containers: ['expire'] },
  backup: { owner: /^Job\/(backup|final|asked)-/, containers: ['backup'] },
}

/** What runs in its pods differs from one version of CloudNativePG to the next, and is made by nobody else. */
const CLOUDNATIVEPG: Own = { owner: /^(Cluster\/database(-\w+)?$|Job\/database-)/ }

type Labels = Readonly<Record<string, string>>

/** Whether a pod with the tenant's label is one of the tenant's stack, and holds what the operator put into it and no more. */
export function contentFindings(facts: PodFacts, labels: Labels, which: string): Finding[] {
  const { owner = '', containers, entered, volume } = facts
  const own = ownOf(labels)
  const rules: [boolean, string][] = [
    [!own?.owner.test(owner), 'was not made by what the operator made; delete it and what made it'],
    [
      own?.containers?.includes(containers) === false,
      'runs other containers than the operator put into it; delete what adds them, then the pod',
    ],
    [
      entered === true,
      'was given an ephemeral container, which stays as long as the pod; delete the pod',
    ],
    [
      volume !== undefined,
      `has a volume of the kind ${volume}, which could be anywhere; delete it and what made it`,
    ],
  ]
  const broken = rules.filter(([isBroken]) => isBroken)
  return broken.map(([, what]) => ({ verdict: 'violated', message: `a ${which} ${what}` }))
}

function ownOf(labels: Labels): Own | undefined {
  return labels['cnpg.io/cluster'] === undefined ? OWN[labels[LABELS.name] ?? ''] : CLOUDNATIVEPG
}
