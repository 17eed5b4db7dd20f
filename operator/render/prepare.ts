import type { KubernetesObject } from '../cluster/object.ts'
import { CONFIG } from './config-maps.ts'
import { databaseUrl, fromSecret, value } from './environment.ts'
import { shortHash } from './hash.ts'
import type { TenantInput } from './input.ts'
import { jobSpec } from './job.ts'
import { PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { image } from './pods.ts'
import { restoreId } from './restore.ts'

const FOLDER = '/etc/platen/tenant'

/**
 * Migrations, roles with their passwords, sites, the platform team's token: before a version serves. The Job's name changes with all that it does,
 * so a change makes a new one, and one that has succeeded says that just this is done. It has no time to live: it is
 * pruned when the next one takes its place.
 */
export function prepareJob(input: TenantInput): KubernetesObject {
  const { template, ...spec } = jobSpec(input, {
    part: PARTS.prepare,
    container: {
      image: image(input, 'api'),
      args: ['database.mjs', 'prepare'],
      env: [
        ...databaseUrl(input, 'database-owner'),
        fromSecret('PLATEN_ROLE_API_PASSWORD', 'database-api', 'password'),
        fromSecret('PLATEN_ROLE_INGEST_PASSWORD', 'database-ingest', 'password'),
        fromSecret('PLATEN_ROLE_XMPP_PASSWORD', 'database-xmpp', 'password'),
        fromSecret('PLATEN_API_PLATFORM_TOKEN', 'api-platform', 'password'),
        value('PLATEN_TENANT', input.tenant.metadata.name),
        value('PLATEN_SITES_FILE', `${FOLDER}/sites.json`),
        // Nobody reads them: a database that was restored, or whose volume was made anew, is prepared anew.
        ...restored(input),
        ...claim(input),
      ],
      volumeMounts: [{ name: 'tenant', mountPath: FOLDER, readOnly: true }],
    },
    volumes: [{ name: 'tenant', configMap: { name: CONFIG.tenant } }],
    isAwaited: true,
  })
  const name = `${PARTS.prepare.name}-${shortHash(template)}`
  const ref = { apiVersion: 'batch/v1', kind: 'Job', name, part: PARTS.prepare }
  return owned(input, ref, { spec: { ...spec, suspend: input.tenant.spec.suspend, template } })
}

function claim({ claim: uid }: TenantInput) {
  return uid === undefined ? [] : [value('PLATEN_DATABASE_CLAIM', uid)]
}

function restored({ tenant }: TenantInput) {
  const id = restoreId(tenant)
  return id === undefined ? [] : [value('PLATEN_RESTORE_ID', id)]
}
