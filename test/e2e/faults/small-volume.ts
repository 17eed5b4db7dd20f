import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { MANAGEMENT } from '../../cluster/clusters.ts'
import { inside } from '../../cluster/node/machine.ts'
import { placesOf } from '../../cluster/places.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { run } from '../../cluster/run.ts'
import { until } from '../../cluster/wait.ts'
import type { Platform } from '../platform.ts'

/** A volume with a filesystem of its own, which can be full without the node's disk being full. */
export interface SmallVolume extends AsyncDisposable {
  fill(): Promise<void>
  free(): Promise<void>
}

const SIZE = '1G'

/**
 * Puts a tenant's database on a filesystem of the size that it asked for: volumes of the local-path provisioner are
 * folders, which end only where the node's disk does. The tenant is suspended while its data moves there, and when it
 * moves back at the end.
 */
export async function limitVolume(platform: Platform, tenant: TenantPlan): Promise<SmallVolume> {
  const { cluster } = tenant.region
  const folder = await folderOf(platform, tenant)
  const image = join(placesOf(cluster.name).root, `${tenant.name}.ext4`)
  const ballast = join(folder, 'ballast')
  const sh = (script: string) => run(...asCommand(inside(cluster, ['sh', '-euc', script])))

  await suspended(platform, tenant, () =>
    sh(`
      truncate --size ${SIZE} ${image}
      mkfs.ext4 -q -m 0 ${image}
      mkdir -p /run/platen-volume
      mount -o loop ${image} /run/platen-volume
      cp -a ${folder}/. /run/platen-volume/
      umount /run/platen-volume
      mount -o loop ${image} ${folder}`),
  )
  return {
    async fill() {
      // Nearly all of it without writing: what is shown is a full volume, and not what a busy disk does to the neighbours.
      await sh(`
        available=$(df --output=avail --block-size=1 ${folder} | tail -n 1)
        fallocate --length $((available / 100 * 98)) ${ballast}
        dd if=/dev/zero bs=64k status=none >>${ballast} 2>/dev/null || true`)
    },
    async free() {
      await sh(`rm -f ${ballast}`)
    },
    async [Symbol.asyncDispose]() {
      await suspended(platform, tenant, () =>
        sh(`
          umount ${folder}
          mount -o loop ${image} /run/platen-volume
          find ${folder} -mindepth 1 -delete
          cp -a /run/platen-volume/. ${folder}/
          umount /run/platen-volume`),
      )
      rmSync(image)
    },
  }
}

/** The volume's folder on the node. */
async function folderOf(platform: Platform, { name, region }: TenantPlan): Promise<string> {
  const { rest } = platform.cluster(region.cluster)
  const claims = await rest.call('GET', `/api/v1/namespaces/tenant-${name}/persistentvolumeclaims`)
  const [claim] = claims.items
  const { spec } = await rest.call('GET', `/api/v1/persistentvolumes/${claim.spec.volumeName}`)
  return (spec.hostPath ?? spec.local).path
}

async function suspended(
  platform: Platform,
  tenant: TenantPlan,
  work: () => Promise<unknown>,
): Promise<void> {
  const { kubectl } = platform.cluster(MANAGEMENT)
  const suspend = (is: boolean) => {
    const patch = JSON.stringify({ spec: { suspend: is } })
    return kubectl(['patch', 'tenant', tenant.name, '--type=merge', '--patch', patch])
  }
  await suspend(true)
  try {
    await until(`${tenant.name} is suspended`, async () => {
      const pods = await platform.pods(tenant.region.cluster, `tenant-${tenant.name}`)
      return pods.length === 0 ? undefined : `${pods.length} pods run`
    })
    await work()
  } finally {
    await suspend(false)
  }
}

const asCommand = ([command = '', ...args]: string[]): [string, string[]] => [command, args]
