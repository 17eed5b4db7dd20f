import { join } from 'node:path'

/** All files of the local clusters; containerd's snapshots cannot be on an overlay or a tmpfs. */
export const HOME = '/var/lib/platen-cluster'

/** Of whoever brings them up or down; gone with the next start of the machine. */
export const LOCK = '/run/platen-cluster.lock'

/** Where a cluster keeps what. Everything is below `root`, and goes with it. */
export function placesOf(cluster: string) {
  const root = join(HOME, cluster)
  const below = (name: string) => join(root, name)
  return {
    root,
    /** Keys, certificates and kubeconfigs. */
    pki: below('pki'),
    etcd: below('etcd'),
    containerd: below('containerd'),
    /** Addresses that pods have or had. */
    addresses: below('addresses'),
    /** Configuration files of the node's programs. */
    config: below('config'),
    kubelet: below('kubelet'),
    /** Mounted as the node's /var/log: what pods write, and what the programs write. */
    logs: below('log'),
    /** Volumes of the local-path provisioner. */
    volumes: below('volumes'),
    /** What the node shall run. */
    node: below('node.json'),
    /** The process that holds the node's namespaces. */
    holder: below('holder.json'),
    /** The node's init listens there. */
    socket: below('init.sock'),
  }
}

export type Places = ReturnType<typeof placesOf>
