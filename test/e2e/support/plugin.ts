import { MANAGEMENT } from '../../cluster/clusters.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { installPlugin, type Plugin } from '../../kubectl/support/plugin.ts'
import type { Platform } from '../platform.ts'

/** `kubectl platen` as the platform team has it, with the administrator's kubeconfig of the management cluster. */
export function openPlugin(platform: Platform): Promise<Plugin> {
  return installPlugin(platform.cluster(MANAGEMENT).kubeconfig)
}

/** The machine's name service does not know the regions' domains. */
export const edgeOption = ({ region }: TenantPlan) => [
  '--edge',
  `${region.cluster.balancerAddress}:443`,
]

/** Runs a command that has to succeed, and answers with all that it said. */
export async function platen(plugin: Plugin, ...args: string[]): Promise<string> {
  const { status, out, err } = await plugin.run(args)
  if (status === 0) return `${out}${err}`
  throw new Error(`cannot run kubectl platen ${args.join(' ')}: status ${status}: ${out}${err}`)
}
