import type { KubernetesObject } from '../cluster/object.ts'
import { databaseUrl, value } from './environment.ts'
import type { TenantInput } from './input.ts'
import { cronJob } from './job.ts'
import { PARTS } from './labels.ts'
import { image } from './pods.ts'

/** Deletes readings that the tenant does not keep any longer, every night. */
export function expireCronJob(input: TenantInput): KubernetesObject {
  const { name } = input.tenant.metadata
  return cronJob(input, atNight(name), {
    part: PARTS.expire,
    container: {
      image: image(input, 'api'),
      args: ['database.mjs', 'expire'],
      env: [
        ...databaseUrl(input, 'database-owner'),
        value('PLATEN_RETENTION_MONTHS', String(input.tenant.spec.retention.readingsMonths)),
      ],
    },
    deadline: 6 * 3600,
  })
}

/** Some minute between 0:00 and 4:59, so that a thousand tenants don't start at once. */
function atNight(tenant: string): string {
  let minute = 0
  for (const character of tenant) minute = (minute * 31 + character.charCodeAt(0)) % 300
  return `${minute % 60} ${Math.floor(minute / 60)} * * *`
}
