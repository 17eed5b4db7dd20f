import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findAssets } from './assets.ts'
import { clientCertificate, files, type User } from './certificates.ts'
import { readKubeconfig, writeKubeconfig } from './kubeconfig.ts'
import { type KubeObject, type Rest, restTo } from './rest.ts'

/** What a test does with a running API server, whoever started it. */
export interface ClusterAccess {
  name: string
  url: string
  /** Holds all the files; goes with the server. */
  directory: string
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string
  /** PEM file of the authority that signed the server's certificate. */
  caFile: string
  /** As the administrator. */
  rest: Rest
  /**
   * Runs kubectl in the project's folder and answers with its standard output.
   * @throws with what it wrote to standard error when it fails.
   */
  kubectl(args: string[], options?: KubectlOptions): Promise<string>
  /** Applies CRDs out of files or folders, relative to the project, and waits until they are served. */
  installCrds(...paths: string[]): Promise<void>
  /** CloudNativePG's and cert-manager's, out of `../shared`; false where that is not there. */
  installReferenceCrds(): Promise<boolean>
  /** Path of a kubeconfig with a client certificate; what it may do is up to RBAC. */
  userKubeconfig(user: User): Promise<string>
  /** Path of a kubeconfig with a token of an existing service account. */
  serviceAccountKubeconfig(account: ServiceAccount): Promise<string>
}

export interface KubectlOptions {
  /** Becomes standard input: text, or objects for `-f -`. */
  input?: string | KubeObject[]
  /** Another user's, instead of the administrator's. */
  kubeconfig?: string
}

export interface ServiceAccount {
  namespace: string
  name: string
}

export const ADMIN: User = { user: 'admin', groups: ['system:masters'] }

const project = fileURLToPath(new URL('../..', import.meta.url))
const referenceCrds = join(project, '../shared/reference/crds')

/** @param at a control plane's folder, complete with the administrator's kubeconfig. */
export function accessTo(at: { name: string; directory: string }): ClusterAccess {
  const { name, directory } = at
  const kubeconfig = kubeconfigFile(directory, ADMIN.user)
  const connection = readKubeconfig(kubeconfig)
  const rest = restTo(connection)

  async function kubectl(args: string[], options: KubectlOptions = {}): Promise<string> {
    const { kubectl: command } = await findAssets(['kubectl'])
    const config = ['--kubeconfig', options.kubeconfig ?? kubeconfig]
    return await run(command, [...config, ...args], options.input)
  }

  async function installCrds(...paths: string[]): Promise<void> {
    const from = paths.flatMap(path => ['-f', path])
    await kubectl(['apply', '--server-side', '--force-conflicts', ...from])
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...from])
  }

  return {
    name,
    directory,
    url: connection.url,
    kubeconfig,
    caFile: files(directory).ca,
    rest,
    kubectl,
    installCrds,
    async installReferenceCrds() {
      if (!existsSync(referenceCrds)) return false
      await installCrds(referenceCrds)
      return true
    },
    userKubeconfig: user => makeUserKubeconfig({ directory, url: connection.url, user }),
    async serviceAccountKubeconfig({ namespace, name: account }) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
      const { status } = await rest.call('POST', path, { body })
      const file = kubeconfigFile(directory, `${namespace}.${account}`)
      writeKubeconfig(file, { ...connection, credentials: { token: status.token } })
      return file
    },
  }
}

/** Writes the kubeconfig of a user of the control plane in the folder. */
export async function makeUserKubeconfig(o: {
  directory: string
  url: string
  user: User
}): Promise<string> {
  const file = kubeconfigFile(o.directory, o.user.user)
  const ca = readFileSync(files(o.directory).ca, 'utf8')
  const credentials = await clientCertificate(o.directory, o.user)
  writeKubeconfig(file, { url: o.url, ca, credentials })
  return file
}

/** Where a user's kubeconfig is. */
export function kubeconfigFile(directory: string, user: string): string {
  return join(directory, `kubeconfig-${user.replace(/[^\w.-]/g, '_')}`)
}

async function run(
  command: string,
  args: string[],
  input: KubectlOptions['input'] = '',
): Promise<string> {
  const child = spawn(command, args, { cwd: project, stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.on('error', () => {}) // it may end without reading
  child.stdin.end(typeof input === 'string' ? input : listOf(input))
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  if (status === 0) return out
  throw new Error(`cannot run kubectl ${args.slice(2).join(' ')}: ${err.trim()}`)
}

function listOf(items: KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}
