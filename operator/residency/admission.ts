import { VOLUMES } from '../cluster/facts-of-pods.ts'
import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../names.ts'
import type { Region } from '../resources/region.ts'

/** A ValidatingAdmissionPolicy that one sees on one screen, and which is bound to the tenants of one region. */
interface Policy {
  name: string
  rules: Rule[]
  variables?: { name: string; expression: string }[]
  validations: { expression: string; message: string }[]
  /** Of the namespace of what is admitted; or, for namespaces, of themselves before and after. */
  select?: 'namespaces'
}

interface Rule {
  /** The core group is empty. */
  group?: string
  resources: string[]
  operations: ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[]
}

const API = 'admissionregistration.k8s.io/v1'
const PREFIX = 'platen-residency'

/** The defaults, spelled out: the API takes a match as a whole. */
const EVERYTHING = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }

/** Service accounts of the control plane: the garbage collector, the volume binder, the controllers of workloads. */
const BY_CONTROL_PLANE = `(request.userInfo.username.startsWith('system:serviceaccount:kube-system:') || request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler'])`

/**
 * Who has to look into a tenant's pods asks for it in so many words, and the API server's audit log has it:
 * `kubectl exec --as=anna --as-group=platen:break-glass` (docs/decisions/016-nothing-foreign.md).
 */
const BREAK_GLASS = `'platen:break-glass' in request.userInfo.groups`

/**
 * What the region's cluster refuses in the namespaces of the region's tenants, in the API server itself
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/). Nothing has to run for it.
 * It is a lock on the door: verification counts on none of it.
 * @param operator the user name that the operator has in that cluster.
 */
export function regionAdmission(region: Region, operator: string): KubernetesObject[] {
  const isOperator = `request.userInfo.username == ${literal(operator)}`
  const byCloudNativePg = cloudNativePgOf(region)
  const policies = [
    pods(region, byCloudNativePg),
    workloads([isOperator, ...byCloudNativePg]),
    contents(byCloudNativePg),
    insides(byCloudNativePg),
    bindings(),
    claims(region),
    snapshots(),
    networkPolicies(isOperator),
    services(isOperator),
    routes(),
    namespaces(isOperator),
  ]
  return policies.flatMap(policy => [render(region, policy), bind(region, policy)])
}

/** Its operator makes the pods and jobs of databases. What its accounts are called differs from one installation to the next. */
function cloudNativePgOf({ spec: { database } }: Region): string[] {
  if (database.kind !== 'cnpg') return []
  const prefix = literal(`system:serviceaccount:${database.operatorNamespace}:`)
  return [`request.userInfo.username.startsWith(${prefix})`]
}

const any = (...conditions: string[]) => conditions.join(' || ')

function pods({ spec }: Region, makers: string[]): Policy {
  const { regionLabel, regionValue } = spec.placement
  const bound = `has(term.matchExpressions) && term.matchExpressions.exists(e, e.key == ${literal(regionLabel)} && e.operator == 'In' && has(e.values) && e.values.size() > 0 && e.values.all(value, value == ${literal(regionValue)}))`
  return {
    name: 'pods',
    rules: [{ resources: ['pods'], operations: ['CREATE'] }],
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
      {
        expression: `!has(object.spec.volumes) || object.spec.volumes.all(volume, ${VOLUMES.map(kind => `has(volume.${kind})`).join(' || ')})`,
        message: `cannot run this pod here: it has a volume that could be anywhere; use ${VOLUMES.join(', ')}`,
      },
      {
        expression: any(BY_CONTROL_PLANE, ...makers),
        message:
          "cannot run this pod here: the namespace is its tenant's alone; only controllers make pods of what the operator made",
      },
    ],
  }
}

/** What pods are made of. Whoever edits one of the operator's is undone by it. */
function workloads(makers: string[]): Policy {
  const operations: Rule['operations'] = ['CREATE']
  return {
    name: 'workloads',
    rules: [
      { resources: ['replicationcontrollers'], operations },
      {
        group: 'apps',
        resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
        operations,
      },
      { group: 'batch', resources: ['cronjobs', 'jobs'], operations },
    ],
    validations: [
      {
        expression: any(BY_CONTROL_PLANE, ...makers),
        message:
          "cannot run this here: the namespace is its tenant's alone; only the operator makes what runs in it",
      },
    ],
  }
}

/** What runs already, and what no template of the operator's says any more: nobody undoes an image that is exchanged there. */
function contents(makers: string[]): Policy {
  const operations: Rule['operations'] = ['UPDATE']
  return {
    name: 'contents',
    rules: [
      { resources: ['pods'], operations },
      { group: 'apps', resources: ['replicasets'], operations },
    ],
    validations: [
      {
        expression: any('object.spec == oldObject.spec', BY_CONTROL_PLANE, ...makers),
        message:
          "cannot change what runs here: the namespace is its tenant's alone; delete the pod to have it made anew",
      },
    ],
  }
}

/** Ways through the API server into a pod, past all network policies. What is read that way leaves with who reads it. */
function insides(makers: string[]): Policy {
  return {
    name: 'insides',
    rules: [
      {
        resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'],
        operations: ['CONNECT'],
      },
      { resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] },
    ],
    validations: [
      {
        expression: any(BREAK_GLASS, ...makers),
        message:
          "cannot enter this pod: it holds a tenant's data; if you must, and may, do it with --as-group=platen:break-glass",
      },
    ],
  }
}

/** CEL cannot look at the node that a pod is bound to, so only those may bind who respect affinity. */
function bindings(): Policy {
  return {
    name: 'bindings',
    // The second is the first by an older path.
    rules: [{ resources: ['pods/binding', 'bindings'], operations: ['CREATE'] }],
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
    rules: [{ resources: ['persistentvolumeclaims'], operations: ['CREATE', 'UPDATE'] }],
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

/** A snapshot is kept where its driver keeps it, and can be restored anywhere. */
function snapshots(): Policy {
  const operations: Rule['operations'] = ['CREATE']
  return {
    name: 'snapshots',
    rules: [
      { group: 'snapshot.storage.k8s.io', resources: ['volumesnapshots'], operations },
      { group: 'groupsnapshot.storage.k8s.io', resources: ['volumegroupsnapshots'], operations },
    ],
    validations: [
      {
        expression: 'false',
        message:
          'cannot make this snapshot: nobody verified where it is kept; backups go to the object store of the Region',
      },
    ],
  }
}

function networkPolicies(isOperator: string): Policy {
  const { tenant, managedBy, partOf } = LABELS
  const label = (name: string) => `labels[${literal(name)}]`
  const ours = [
    `oldObject.metadata.?${label(tenant)}.orValue('') == namespaceObject.metadata.${label(tenant)}`,
    `oldObject.metadata.?${label(managedBy)}.orValue('') == ${literal(MANAGED_BY)}`,
    `oldObject.metadata.?${label(partOf)}.orValue('') == 'platen'`,
  ].join(' && ')
  return {
    name: 'network-policies',
    rules: [
      {
        group: 'networking.k8s.io',
        resources: ['networkpolicies'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
      },
    ],
    validations: [
      {
        // A foreign one that was there before these rules closes the stack until somebody deletes it; the operator itself
        // deletes those that are labelled as its own.
        expression: `${isOperator} || (request.operation == 'DELETE' && (${BY_CONTROL_PLANE} || !(${ours})))`,
        message:
          "cannot change network policies here: each one opens a way in or out of the tenant's namespace; only the operator does",
      },
    ],
  }
}

function services(isOperator: string): Policy {
  return {
    name: 'services',
    rules: [{ resources: ['services'], operations: ['CREATE', 'UPDATE'] }],
    validations: [
      {
        expression: `${isOperator} || (object.spec.?type.orValue('ClusterIP') == 'ClusterIP' && object.spec.?externalIPs.orValue([]).size() == 0)`,
        message:
          "cannot make this Service here: it leads around the region's edge; the tenant is reached through the edge alone",
      },
    ],
  }
}

/** What leads to a Service past the edge, or lets routes of other namespaces lead there. */
function routes(): Policy {
  const operations: Rule['operations'] = ['CREATE', 'UPDATE']
  return {
    name: 'routes',
    rules: [
      { group: 'networking.k8s.io', resources: ['ingresses'], operations },
      { group: 'gateway.networking.k8s.io', resources: ['*'], operations },
    ],
    validations: [
      {
        // One from before these rules must still be able to lose its finalizer.
        expression: 'has(object.metadata.deletionTimestamp)',
        message:
          "cannot make this route here: it leads around the region's edge; the tenant is reached through the edge alone",
      },
    ],
  }
}

/** The labels decide which rules hold for a namespace; the annotations are the operator's memory. */
function namespaces(isOperator: string): Policy {
  const labels = [LABELS.tenant, LABELS.region].map(literal).join(', ')
  const { country, databases, region, regionRef, tenantUid } = ANNOTATIONS
  const annotations = [country, databases, region, regionRef, tenantUid].map(literal).join(', ')
  const same = (field: string, names: string) =>
    `[${names}].all(name, object.metadata.?${field}[name].orValue('') == oldObject.metadata.?${field}[name].orValue(''))`
  return {
    name: 'namespaces',
    // Whoever writes its status or its finalizers can write its labels along.
    rules: [
      {
        resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
        operations: ['UPDATE'],
      },
    ],
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
        resourceRules: policy.rules.map(({ group = '', resources, operations }) => ({
          apiGroups: [group],
          apiVersions: ['*'],
          operations,
          resources,
          scope: '*',
        })),
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
