import { tenantNamespace } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { World } from '../command.ts'
import { Failure } from '../failure.ts'
import type { Kubectl } from '../kubectl.ts'
import type { Secret } from '../objects.ts'
import type { Home } from '../read.ts'
import { see } from '../seen.ts'
import { type Address, parseAddress, whyNoAnswer } from './address.ts'
import { type Answer, ask, type Endpoint } from './https.ts'
import { forwardToEdge } from './port-forward.ts'

/** The API of one tenant, with the platform's token. */
export interface TenantApi {
  /** @throws Failure, also where the answer has errors. */
  query<T>(query: string, variables?: object): Promise<T>
  /** @throws Failure where the status is not 200. */
  download(path: string): Promise<Buffer>
}

export interface ApiOptions {
  tenant: Tenant
  home: Home
  /** `HOST[:PORT]`. */
  edge: string | undefined
}

/** Reaches the API for as long as `use` takes. @throws Failure */
export async function withApi<T>(
  world: World,
  options: ApiOptions,
  use: (api: TenantApi) => Promise<T>,
): Promise<T> {
  const { region, kubectl, host } = placesOf(options)
  const token = await tokenOf(kubectl, options.tenant.metadata.name)
  const way = await wayTo(kubectl, { region: region.metadata.name, host, edge: options.edge })
  const endpoint: Endpoint = {
    address: way.address,
    host,
    authority: region.status?.certificateAuthority,
    token,
    signal: world.signal,
  }
  try {
    return await use(apiAt(endpoint))
  } finally {
    way.close()
  }
}

function placesOf({ tenant, home }: ApiOptions): {
  region: Region
  kubectl: Kubectl
  host: string
} {
  const { name } = tenant.metadata
  const host = tenant.status?.host
  const region = home.region.value
  if (host === undefined) {
    throw new Failure(`cannot reach the API of ${name}: the operator has not given it a host yet`)
  }
  if (!region) throw new Failure(`cannot reach the API of ${name}: ${home.region.why}`)
  if (!home.kubectl.value) throw new Failure(`cannot reach the API of ${name}: ${home.kubectl.why}`)
  return { region, kubectl: home.kubectl.value, host }
}

/** The platform's own token, made by the operator. */
const TOKEN_SECRET = 'api-platform'

async function tokenOf(kubectl: Kubectl, tenant: string): Promise<string> {
  const namespace = tenantNamespace(tenant)
  const secret = await kubectl.get<Secret>('secret', TOKEN_SECRET, namespace)
  const token = secret.data?.password
  if (token !== undefined) return Buffer.from(token, 'base64').toString().trim()
  throw new Failure(
    `cannot sign in to the API of ${tenant}: the Secret ${namespace}/${TOKEN_SECRET} has no password; kubectl platen rotate ${tenant} ${TOKEN_SECRET} makes it anew`,
  )
}

interface Way {
  address: Address
  close(): void
}

interface Target {
  region: string
  host: string
  edge: string | undefined
}

const nothing = () => {}

async function wayTo(kubectl: Kubectl, { region, host, edge }: Target): Promise<Way> {
  if (edge !== undefined) return { address: parseAddress(edge), close: nothing }
  const named = { host, port: 443 }
  const why = await whyNoAnswer(named)
  if (why === undefined) return { address: named, close: nothing }
  const forward = await see(() => forwardToEdge(kubectl, region))
  if (forward.value) return forward.value
  throw new Failure(
    `cannot reach the edge of region ${region}: ${host}:443 does not answer (${why}), and no port can be forwarded to it (${forward.why}); say where it is with --edge HOST:PORT`,
  )
}

function apiAt(endpoint: Endpoint): TenantApi {
  return {
    async query<T>(query: string, variables: object = {}) {
      const answer = await ask(endpoint, '/graphql', { query, variables })
      return dataOf<T>(endpoint.host, answer)
    },
    async download(path) {
      const answer = await ask(endpoint, path)
      if (answer.status === 200) return answer.body
      throw refused(endpoint.host, answer)
    },
  }
}

interface GraphqlAnswer {
  data?: unknown
  errors?: { message: string }[]
}

function dataOf<T>(host: string, answer: Answer): T {
  const { data, errors } = parse(answer.body) ?? {}
  if (errors && errors.length > 0 && answer.status !== 401) {
    throw new Failure(
      `cannot ask the API at ${host}: ${errors.map(each => each.message).join('; ')}`,
    )
  }
  if (answer.status !== 200 || data === undefined || data === null) throw refused(host, answer)
  return data as T
}

function parse(body: Buffer): GraphqlAnswer | undefined {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function refused(host: string, { status }: Answer): Failure {
  const why =
    status === 401
      ? 'it does not take the token of the Secret api-platform (yet); the Job prepare enters it'
      : `it answers ${status}`
  return new Failure(`cannot ask the API at ${host}: ${why}`)
}
