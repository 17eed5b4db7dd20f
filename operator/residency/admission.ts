import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../names.ts'
import type { Region } from '../resources/region.ts'

/** A ValidatingAdmissionPolicy that one sees on one screen, and which is bound to the tenants of one region. */
interface Policy {
  name: string
  /** The core group is empty. */
  group?: string
  resources: string[]
  operations: ('CREATE' | 'UPDATE' | 'DELETE')[]
  variables?: { name: string; expression: string }[]
  validations: { expression: string; message: string }[]
  /** Of the namespace of what is admitted; or, for namespaces, of themselves before and after. */
  select?: 'namespaces'
}

const API = 'admissionregistration.k8s.io/v1'
const PREFIX = 'platen-residency'

/** The defaults, spelled out: the API takes a match as a whole. */
const EVERYTHING = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }

/** Service accounts of the control plane: the garbage collector, the volume binder, the controllers of workloads. */
const BY_CONTROL_PLANE = `(request.userInfo.username.startsWith('system:serviceaccount:kube-system:') || request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler'])`

/**
 * What the region's cluster refuses in the namespaces of the region's tenants, in the API server itself
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/). Nothing has to run for it.
 * It is a lock on the door: verification counts on none of it.
 * @param operator the user name that the operator has in that cluster.
 */
export function regionAdmission(region: Region, operator: string): KubernetesObject[] {
  const isOperator = `request.userInfo.username == ${literal(operator)}`
  const policies = [
    pods(region),
    bindings(),
    claims(region),
    networkPolicies(isOperator),
    services(isOperator),
    namespaces(isOperator),
  ]
  return policies.flatMap(policy => [render(region, policy), bind(region, policy)])
}

function pods({ spec }: Region): Policy {
  const { regionLabel, regionValue } = spec.placement
  const bound = `has(term.matchExpressions) && term.matchExpressions.exists(e, e.key == ${literal(regionLabel)} && e.operator == 'In' && has(e.values) && e.values.size() > 0 && e.values.all(value, value == ${literal(regionValue)}))`
  return {
    name: 'pods',
    resources: ['pods'],
    operations: ['CREATE'],
    variables: [
      {
        name: 'terms',
        expression:
          'object.spec.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([])',
      },
    ],
    validations: [
      {
        expression: `variables.terms.size() > 0 && variables.terms.all(term, ${bound})`,
        message: `cannot run this pod here: it could run outside of the region; require node affinity ${regionLabel} in (${regionValue})`,
      },
      {
        expression: `object.spec.?nodeName.orValue('') == ''`,
        message:
          'cannot run this pod here: spec.nodeName goes past the scheduler and all affinity; leave it out',
      },
      {
        expression: `object.metadata.?labels[${literal(LABELS.tenant)}].orValue('') == namespaceObject.metadata.labels[${literal(LABELS.tenant)}]`,
        message: `cannot run this pod here: the namespace is its tenant's alone; pods carry the label ${LABELS.tenant} of the tenant`,
      },
    ],
  }
}

/** CEL cannot look at the node that a pod is bound to, so only those may bind who respect affinity. */
function bindings(): Policy {
  return {
    name: 'bindings',
    // The second is the first by an older path.
    resources: ['pods/binding', 'bindings'],
    operations: ['CREATE'],
    validations: [
      {
        expression: BY_CONTROL_PLANE,
        message:
          'cannot bind this pod: only the scheduler chooses the nodes of tenants; leave it to it',
      },
    ],
  }
}

function claims({ spec }: Region): Policy {
  const { storageClassName } = spec.placement
  // One from before these rules must still be able to lose its finalizer.
  const old = `request.operation == 'UPDATE'`
  return {
    name: 'claims',
    resources: ['persistentvolumeclaims'],
    operations: ['CREATE', 'UPDATE'],
    validations: [
      {
        expression: `${old} || (!has(object.spec.dataSource) && !has(object.spec.dataSourceRef))`,
        message:
          'cannot make this claim: it copies a volume or snapshot whose place nobody verified; restore from the backup instead',
      },
      {
        expression: `${old} || object.spec.?storageClassName.orValue('') == ${literal(storageClassName)}`,
        message: `cannot make this claim: volumes of tenants have the StorageClass ${storageClassName}, which keeps them in the region; name it`,
      },
      {
        expression: `object.spec.?volumeName.orValue('') == (${old} ? oldObject.spec.?volumeName.orValue('') : '') || ${BY_CONTROL_PLANE}`,
        message:
          'cannot make this claim: spec.volumeName takes a volume that somebody put there; leave it out',
      },
      {
        expression: `${old} || !has(object.spec.selector)`,
        message:
          'cannot make this claim: spec.selector takes volumes that somebody put there; leave it out',
      },
    ],
  }
}

function networkPolicies(isOperator: string): Policy {
  const label = `labels[${literal(LABELS.tenant)}]`
  return {
    name: 'network-policies',
    group: 'networking.k8s.io',
    resources: ['networkpolicies'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    validations: [
      {
        // A foreign one that was there before these rules closes the stack until somebody deletes it.
        expression: `${isOperator} || (request.operation == 'DELETE' && (${BY_CONTROL_PLANE} || oldObject.metadata.?${label}.orValue('') != namespaceObject.metadata.${label}))`,
        message:
          "cannot change network policies here: each one opens a way in or out of the tenant's namespace; only the operator does",
      },
    ],
  }
}

function services(isOperator: string): Policy {
  return {
    name: 'services',
    resources: ['services'],
    operations: ['CREATE', 'UPDATE'],
    validations: [
      {
        expression: `${isOperator} || (object.spec.?type.orValue('ClusterIP') == 'ClusterIP' && object.spec.?externalIPs.orValue([]).size() == 0)`,
        message:
          "cannot make this Service here: it leads around the region's edge; the tenant is reached through the edge alone",
      },
    ],
  }
}

/** The labels decide which rules hold for a namespace; the annotations are the operator's memory. */
function namespaces(isOperator: string): Policy {
  const labels = [LABELS.tenant, LABELS.region].map(literal).join(', ')
  const { country, region, tenantUid } = ANNOTATIONS
  const annotations = [country, region, tenantUid].map(literal).join(', ')
  const same = (field: string, names: string) =>
    `[${names}].all(name, object.metadata.?${field}[name].orValue('') == oldObject.metadata.?${field}[name].orValue(''))`
  return {
    name: 'namespaces',
    resources: ['namespaces'],
    operations: ['UPDATE'],
    select: 'namespaces',
    validations: [
      {
        expression: `${isOperator} || (${same('labels', labels)} && ${same('annotations', annotations)})`,
        message:
          'cannot change this namespace: its platen.dev labels and annotations say whose data is in it; leave them as they are',
      },
    ],
  }
}

function render(region: Region, policy: Policy): KubernetesObject {
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadataOf(region, policy),
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        ...EVERYTHING,
        resourceRules: [
          {
            apiGroups: [policy.group ?? ''],
            apiVersions: ['v1'],
            operations: policy.operations,
            resources: policy.resources,
            scope: '*',
          },
        ],
      },
      ...(policy.variables && { variables: policy.variables }),
      validations: policy.validations,
    },
  }
}

function bind(region: Region, policy: Policy): KubernetesObject {
  const selector = { matchLabels: { [LABELS.region]: region.metadata.name } }
  const metadata = metadataOf(region, policy)
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: {
      policyName: metadata.name,
      validationActions: ['Deny'],
      // A namespace that loses its labels is no longer selected by them, but by those that it had.
      matchResources:
        policy.select === 'namespaces'
          ? { ...EVERYTHING, objectSelector: selector }
          : { ...EVERYTHING, namespaceSelector: tenantsOf(region) },
    },
  }
}

/** Not the region's own namespace, where the edge is. */
function tenantsOf({ metadata }: Region) {
  return {
    matchExpressions: [{ key: LABELS.tenant, operator: 'Exists' }],
    matchLabels: { [LABELS.region]: metadata.name },
  }
}

function metadataOf({ metadata }: Region, { name }: Policy) {
  return {
    name: `${PREFIX}-${name}.${metadata.name}`,
    labels: {
      [LABELS.managedBy]: MANAGED_BY,
      [LABELS.partOf]: 'platen',
      [LABELS.region]: metadata.name,
    },
  }
}

/** In CEL. Labels, names and user names hold no quotes; what does would end the text. */
function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
