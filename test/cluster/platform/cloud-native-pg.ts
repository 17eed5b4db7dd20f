import type { ClusterAccess } from '../../kubernetes/access.ts'
import { RestError } from '../../kubernetes/rest.ts'

/** Where its release manifest puts it, and where a Region looks for it by default. */
const CONTROLLER = '/apis/apps/v1/namespaces/cnpg-system/deployments/cnpg-controller-manager'

/** Whether somebody has installed it and it is ready: a Region of such a cluster then takes it for its databases. */
export async function hasCloudNativePg({ rest }: Pick<ClusterAccess, 'rest'>): Promise<boolean> {
  try {
    const { status } = await rest.call('GET', CONTROLLER)
    return (status?.availableReplicas ?? 0) > 0
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return false
    throw error
  }
}
