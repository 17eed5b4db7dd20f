import { listSites, SITE_ORDER } from '@platen/database'
import type { NamedOrder } from '../cursor.ts'
import { connectionOf, mostItems, pageToRead } from '../page.ts'
import { builder } from './builder.ts'
import { Site } from './nodes.ts'

const ORDER: NamedOrder = { name: 'site', ...SITE_ORDER }

builder.objectType(Site, {
  description: 'A place where devices stand. Its devices: Query.devices with a filter by siteId.',
  fields: t => ({
    name: t.exposeString('name', { description: 'For people; two sites may have the same.' }),
    key: t.exposeString('key', {
      nullable: true,
      description: "Its lasting name in the tenant's list of sites. Null: it was in none.",
    }),
    listed: t.exposeBoolean('listed', {
      description: "False: the tenant's list of sites does not name it any more; its devices stay.",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

builder.queryField('sites', t =>
  t.connection({
    type: Site,
    description: 'All sites, by name.',
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    resolve: async (_root, args, { sql }) => {
      const page = pageToRead(args, ORDER)
      return connectionOf(await listSites(sql, page), page, ORDER)
    },
  }),
)
