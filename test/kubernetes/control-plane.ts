import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, freePorts, startChild, untilReady } from '@platen/local'
import { ADMIN, accessTo, type ClusterAccess, makeUserKubeconfig } from './access.ts'
import { type Assets, findAssets } from './assets.ts'
import { type AuditedRequest, auditFlags, readAudit } from './audit.ts'
import { files, makeCertificates } from './certificates.ts'
import { type OwnDirectory, ownDirectory } from './directory.ts'
import { CONTROL_PLANE } from './tools.ts'

/** A real API server with its etcd and its controllers, all processes of this one. */
export interface ControlPlane extends ClusterAccess, AsyncDisposable {
  /** Process ids of what runs now. */
  pids(): { etcd: number; apiServer: number | undefined; controllerManager: number | undefined }
  /** Ends the API server as an upgrade would; its data stays. `kill`: as a crash would. */
  stopApiServer(how?: 'kill'): Promise<void>
  /** Under the same address. `flags` by name, without the dashes: this time, besides its own. */
  startApiServer(flags?: Record<string, string>): Promise<void>
  restartApiServer(flags?: Record<string, string>): Promise<void>
  /** What the users of `audit` have asked for so far, by the API server's own audit log. */
  requests(): Promise<AuditedRequest[]>
  /** Ends everything, and removes its data. */
  stop(): Promise<void>
}

export interface ControlPlaneOptions {
  /** For messages and folders. */
  name: string
  /**
   * `all`: garbage collection, namespaces, service accounts, and the controllers that turn Deployments, StatefulSets,
   * Jobs and CronJobs into pods and report on them. `basic`: without those that make pods, so that a test may write
   * the status of workloads itself. `none`: nothing happens by itself. `all` unless told.
   */
  controllers?: 'all' | 'basic' | 'none'
  /** Names of users whose requests are to be counted. */
  audit?: string[]
}

/**
 * Starts a control plane on free ports of the loopback interface, ready to use. There is no node: pods stay pending
 * unless `simulateNodes` runs them.
 * @throws when its programs cannot be had, or it is not ready within 60 s.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const assets = await findAssets(CONTROL_PLANE)
  const own = ownDirectory(options.name)
  const directory = own.path
  const ports = await freePorts(3)
  const running: Running = { children: {}, options, own, directory, assets, ports }
  try {
    await makeCertificates(directory)
    await makeUserKubeconfig({ directory, url: urlOf(running), user: ADMIN })
    running.children.etcd = await startEtcd(running)
    const access = accessTo({ name: options.name, directory })
    await startApiServer(running, access)
    if (options.controllers !== 'none') await startControllerManager(running, access)
    return control(running, access)
  } catch (error) {
    await stopAll(running)
    throw error
  }
}

interface Running {
  options: ControlPlaneOptions
  own: OwnDirectory
  directory: string
  assets: Assets<(typeof CONTROL_PLANE)[number]>
  /** etcd's for clients, etcd's for peers, the API server's. */
  ports: number[]
  children: { etcd?: Child; apiServer?: Child; controllerManager?: Child }
}

const urlOf = ({ ports }: Running) => `https://127.0.0.1:${ports[2]}`
const etcdUrlOf = ({ ports }: Running) => `http://127.0.0.1:${ports[0]}`

function control(running: Running, access: ClusterAccess): ControlPlane {
  const { children } = running
  async function stopApiServer(how?: 'kill'): Promise<void> {
    const child = children.apiServer
    delete children.apiServer
    await child?.stop(how === 'kill' ? 0 : GRACE_MS)
  }
  async function stop(): Promise<void> {
    access.rest[Symbol.dispose]()
    await stopAll(running)
  }
  return {
    ...access,
    pids: () => ({
      etcd: children.etcd?.pid ?? 0,
      apiServer: children.apiServer?.pid,
      controllerManager: children.controllerManager?.pid,
    }),
    stopApiServer,
    startApiServer: flags => startApiServer(running, access, flags),
    async restartApiServer(flags) {
      await stopApiServer()
      await startApiServer(running, access, flags)
    },
    requests: () => readAudit(running.directory),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** 3 s on a quiet machine. */
const READY_MS = 60_000

/** Open watches keep it from ending by itself for up to a minute. */
const GRACE_MS = 2_000

/** Nothing of it is needed any more: only etcd's end in good order would take time. */
async function stopAll({ children, own }: Running): Promise<void> {
  const all = [children.controllerManager, children.apiServer, children.etcd]
  await Promise.all(all.map(child => child?.stop(0)))
  own.remove()
}

async function startEtcd(running: Running): Promise<Child> {
  const [, peers] = running.ports
  const client = etcdUrlOf(running)
  const peer = `http://127.0.0.1:${peers}`
  const child = await start(running, 'etcd', {
    'data-dir': join(running.directory, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    // Nothing here outlives the process, so nothing need wait for the disk.
    'unsafe-no-fsync': 'true',
  })
  await untilReady(child, () => whyNotHealthy(`${client}/health`))
  return child
}

async function whyNotHealthy(url: string): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(url)
    return ok ? undefined : `it answers ${status}`
  } catch {
    return 'it does not answer'
  }
}

async function startApiServer(
  running: Running,
  access: ClusterAccess,
  flags: Record<string, string> = {},
): Promise<void> {
  const { directory, ports, children, options } = running
  const at = files(directory)
  const child = await start(running, 'kube-apiserver', {
    'etcd-servers': etcdUrlOf(running),
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': `${ports[2]}`,
    // No Endpoints for the Service `kubernetes`: they may not name a loopback address.
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': '10.96.0.0/12',
    'cert-dir': join(directory, 'api-server'),
    'tls-cert-file': at.server,
    'tls-private-key-file': at.serverKey,
    'client-ca-file': at.ca,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': at.accountPublicKey,
    'service-account-signing-key-file': at.accountKey,
    'authorization-mode': 'RBAC',
    'allow-privileged': 'true',
    profiling: 'false',
    ...(options.audit && auditFlags(directory, options.audit)),
    ...flags,
  })
  children.apiServer = child
  await untilReady(child, () => whyNotReady(access), READY_MS)
}

async function whyNotReady({ rest }: ClusterAccess): Promise<string | undefined> {
  try {
    await rest.text('/readyz')
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Of kube-controller-manager; those left out need nodes or a cloud, or act after hours. */
const BASIC = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'validatingadmissionpolicy-status-controller',
  'resourcequota-controller',
  'disruption-controller',
  'certificatesigningrequest-signing-controller',
  'certificatesigningrequest-approving-controller',
  'persistentvolumeclaim-protection-controller',
  'persistentvolume-protection-controller',
]
const MAKE_PODS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'job-controller',
  'cronjob-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'persistentvolume-binder-controller',
]

async function startControllerManager(running: Running, access: ClusterAccess): Promise<void> {
  const { directory, options, children } = running
  const at = files(directory)
  const controllers = options.controllers === 'basic' ? BASIC : [...BASIC, ...MAKE_PODS]
  const child = await start(running, 'kube-controller-manager', {
    kubeconfig: access.kubeconfig,
    controllers: controllers.join(','),
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': at.accountKey,
    'root-ca-file': at.ca,
    'cluster-signing-cert-file': at.ca,
    'cluster-signing-key-file': at.caKey,
    'leader-elect': 'false',
    'secure-port': '0',
  })
  children.controllerManager = child
  await untilReady(child, () => whyNoAccount(access), READY_MS)
}

/** It has no port of its own; the first thing that it makes tells that it works. */
async function whyNoAccount({ rest }: ClusterAccess): Promise<string | undefined> {
  try {
    await rest.call('GET', '/api/v1/namespaces/default/serviceaccounts/default')
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @param flags by name, without the dashes. */
function start(
  { assets, directory, options }: Running,
  name: (typeof CONTROL_PLANE)[number],
  flags: Record<string, string>,
): Promise<Child> {
  const cwd = join(directory, name)
  mkdirSync(cwd, { recursive: true })
  return startChild({
    name: `${name} (${options.name})`,
    command: assets[name],
    args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    logFile: join(directory, `${name}.log`),
    cwd,
    env: { GOGC: '300' }, // a third less CPU for a start, for 150 MB
  })
}
