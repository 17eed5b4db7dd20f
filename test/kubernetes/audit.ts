import { createReadStream, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A request as the API server itself wrote it down. */
export interface AuditedRequest {
  user: string
  /** Tells tokens of one service account apart: `JTI=` and the token's own identifier. */
  credential?: string
  /** `apply` is a server-side apply, which Kubernetes counts among the patches. */
  verb: 'get' | 'list' | 'watch' | 'create' | 'apply' | 'patch' | 'update' | 'delete' | string
  /** Plural, e.g. `deployments`; empty for what is no resource, e.g. `/readyz`. */
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  /** HTTP status. */
  code: number
  /** RBAC refused it; 403 alone may come from admission, such as a quota. */
  isDenied?: true
  /** When it was received, Unix time in milliseconds. */
  at: number
}

const logFile = (directory: string) => join(directory, 'audit.log')

/** Writes the policy, and gives the API server's flags: requests of these users are written down, and no others. */
export function auditFlags(directory: string, users: string[]): Record<string, string> {
  const policy = join(directory, 'audit-policy.json')
  writeFileSync(
    policy,
    JSON.stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [{ level: 'Metadata', users }, { level: 'None' }],
    }),
  )
  return {
    'audit-policy-file': policy,
    'audit-log-path': logFile(directory),
    'audit-log-maxsize': '10000', // megabytes: it is not rotated
  }
}

/** All requests so far, but for those that are still being answered. A watch counts from its start. */
export async function readAudit(directory: string): Promise<AuditedRequest[]> {
  const requests: AuditedRequest[] = []
  const file = logFile(directory)
  if (!existsSync(file)) return requests
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const event: Event = JSON.parse(line)
    if (event.verb === 'watch' && event.stage !== 'ResponseStarted') continue
    requests.push(requestOf(event))
  }
  return requests
}

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
interface Event {
  stage: string
  verb: string
  requestURI: string
  user: { username: string; extra?: Record<string, string[]> }
  objectRef?: { resource: string; subresource?: string; namespace?: string; name?: string }
  responseStatus?: { code: number }
  annotations?: Record<string, string>
  requestReceivedTimestamp: string
}

function requestOf(event: Event): AuditedRequest {
  const { verb, user, objectRef, requestURI, responseStatus } = event
  const credential = user.extra?.['authentication.kubernetes.io/credential-id']?.[0]
  const isApply = verb === 'patch' && new URLSearchParams(requestURI.split('?')[1]).has('force')
  return {
    user: user.username,
    ...(credential !== undefined && { credential }),
    verb: isApply ? 'apply' : verb,
    resource: '',
    ...objectRef,
    code: responseStatus?.code ?? 0,
    ...(event.annotations?.['authorization.k8s.io/decision'] === 'forbid' && { isDenied: true }),
    at: Date.parse(event.requestReceivedTimestamp),
  }
}
