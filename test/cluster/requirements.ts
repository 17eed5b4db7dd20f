import { existsSync } from 'node:fs'
import { withoutServices } from '@platen/local'
import { run, succeeds } from './run.ts'

/** Debian's packages, each with a file that tells whether it is there. */
const PACKAGES = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  nftables: '/usr/sbin/nft',
  iproute2: '/usr/bin/nsenter',
  tini: '/usr/bin/tini',
  'busybox-static': '/bin/busybox',
  // For images and their bases.
  buildah: '/usr/bin/buildah',
  debootstrap: '/usr/sbin/debootstrap',
}

const OTHERWISE = ', or use clusters that there are: up --use-context A --use-context B'

/**
 * What a node is made of, installed through apt-get where it is missing.
 * @throws one sentence that says why this machine cannot have clusters of its own.
 */
export async function installRequirements(tell: (line: string) => void): Promise<void> {
  requireRoot()
  const missing = Object.entries(PACKAGES).filter(([, file]) => !existsSync(file))
  if (missing.length === 0) return
  const names = missing.map(([name]) => name)
  if (!(await succeeds('apt-get', ['--version']))) {
    throw new Error(
      `cannot make clusters: ${names.join(', ')} is missing and there is no apt-get; install it${OTHERWISE}`,
    )
  }
  tell(`installing ${names.join(', ')} through apt-get (once) ...`)
  const quiet = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq']
  try {
    // Each node has a containerd of its own.
    await withoutServices(async () => {
      await run('env', [...quiet, 'update'])
      await run('env', [...quiet, 'install', '-y', '--no-install-recommends', ...names])
    })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : cause
    throw new Error(
      `cannot make clusters: apt-get does not install ${names.join(', ')} (${why}); install it${OTHERWISE}`,
      { cause },
    )
  }
}

/** @throws one sentence. */
export function requireRoot(): void {
  if (process.platform !== 'linux') {
    throw new Error(
      `cannot make clusters on ${process.platform}: a node needs Linux; run it on a Linux machine${OTHERWISE}`,
    )
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`cannot make clusters: a node needs root; run it as root${OTHERWISE}`)
  }
}
