import { rootCertificates } from 'node:tls'
import { KubeConfig, loadYaml } from '@kubernetes/client-node'

/** Where the address and the credentials of an API server come from. */
export type KubeConfigSource =
  /** The service account of the operator's own pod. */
  | { kind: 'in-cluster' }
  /** A file of the person or deployment that starts the operator; it may name other files and run exec plugins. */
  | { kind: 'file'; path: string }
  /** The content of a Secret. It holds everything itself: nothing in it is read from disk or run. */
  | { kind: 'text'; text: string }

/**
 * With HTTP/1.1 only. Over HTTP/2, which undici offers and an API server chooses, a request with a body that is called
 * off leaves Node's session sending empty frames for ever: the process takes a CPU and gigabytes within a minute.
 */
class PlainKubeConfig extends KubeConfig {
  override createDispatcherOptions(
    ...asked: Parameters<KubeConfig['createDispatcherOptions']>
  ): ReturnType<KubeConfig['createDispatcherOptions']> {
    const options = super.createDispatcherOptions(...asked)
    const plain = { allowH2: false }
    if (options.type === 'none') return options
    if (options.type === 'agent') return { ...options, connect: { ...options.connect, ...plain } }
    return { ...options, requestTls: { ...options.requestTls, ...plain } }
  }
}

/** Throws a sentence that never quotes the kubeconfig. */
export function loadKubeConfig(source: KubeConfigSource): KubeConfig {
  // One instance a cluster: tokens are cached in it by the user's name.
  const config = new PlainKubeConfig()
  load(config, source)
  const cluster = config.getCurrentCluster()
  if (!cluster || !config.getCurrentUser()) {
    throw new Error('its current-context names no cluster and user; set current-context')
  }
  if (!URL.canParse(cluster.server)) throw new Error('its server is no URL')
  // Without a CA of its own the client would fall back to connections that are shared with everybody.
  if (!cluster.caFile && !cluster.caData && !cluster.skipTLSVerify) {
    const caData = Buffer.from(rootCertificates.join('\n')).toString('base64')
    Object.assign(cluster, { caData })
  }
  return config
}

function load(config: KubeConfig, source: KubeConfigSource): void {
  if (source.kind === 'in-cluster') config.loadFromCluster()
  if (source.kind === 'file') config.loadFromFile(source.path)
  if (source.kind === 'text') loadText(config, source.text)
}

function loadText(config: KubeConfig, text: string): void {
  const outside = namesOutside(parse(text))
  if (outside) {
    throw new Error(`it uses ${outside}, which is refused in a Secret; put the data itself into it`)
  }
  config.loadFromString(text)
}

interface KubeConfigDocument {
  clusters?: { cluster?: Record<string, unknown> }[]
  users?: { user?: Record<string, unknown> }[]
}

function parse(text: string): KubeConfigDocument {
  let document: unknown
  try {
    document = loadYaml(text)
  } catch {
    // The parser quotes the line, which may be a token.
    throw new Error('it is no YAML')
  }
  if (typeof document !== 'object' || document === null) throw new Error('it is empty')
  return document
}

/** Whoever can write the Secret must not read the operator's files nor run commands beside it. */
const OUTSIDE = [
  'certificate-authority',
  'client-certificate',
  'client-key',
  'token-file',
  'tokenFile',
  'exec',
  'auth-provider',
]

function namesOutside({ clusters = [], users = [] }: KubeConfigDocument): string | undefined {
  const parts = [...clusters.map(({ cluster }) => cluster), ...users.map(({ user }) => user)]
  return OUTSIDE.find(name => parts.some(part => part?.[name] != null))
}
