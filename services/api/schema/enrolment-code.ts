import {
  createEnrolmentCode,
  type EnrolmentCode,
  revokeEnrolmentCode,
  siteByKey,
  sitesById,
} from '@platen/database'
import { GraphQLError } from 'graphql'
import { badInput } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { builder, type Context } from './builder.ts'
import { filterText } from './filter.ts'
import { parseGlobalId } from './global-id.ts'
import { Site } from './nodes.ts'

const HOURS = { default: 24, most: 168 }

interface CodeOfSite extends EnrolmentCode {
  siteId: string
}

const CreateEnrolmentCodePayload = builder
  .objectRef<CodeOfSite>('CreateEnrolmentCodePayload')
  .implement({
    description: 'A code by which one monitor gets its account.',
    fields: t => ({
      code: t.exposeString('code', {
        description:
          'For PLATEN_ENROL_CODE of the monitor. It can be used once, and is shown only here: it is kept as a hash.',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        description: 'From then on it is worth nothing.',
      }),
      site: t.field({
        type: Site,
        description: 'Where the monitor will be.',
        resolve: ({ siteId }) => siteId,
      }),
    }),
  })

const CreateEnrolmentCodeInput = builder.inputType('CreateEnrolmentCodeInput', {
  fields: t => ({
    site: t.string({ required: true, description: "The site's key, or its id." }),
    expiresInHours: t.int({
      defaultValue: HOURS.default,
      description: `How long it can be used: 1 to ${HOURS.most}.`,
    }),
  }),
})

builder.mutationField('createEnrolmentCode', t =>
  t.field({
    type: CreateEnrolmentCodePayload,
    description:
      'Makes a one-time code for a monitor at a site. Errors: UNKNOWN_SITE, BAD_USER_INPUT, ENROLMENT_OFF.',
    args: { input: t.arg({ type: CreateEnrolmentCodeInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      if (!context.enrols) throw enrolmentIsOff()
      const expiresInHours = hoursOf(input.expiresInHours)
      const siteId = await findSite(context, input.site)
      const code = await createEnrolmentCode(context.sql, {
        site: siteId,
        createdBy: context.token?.id ?? null,
        expiresInHours,
      })
      return { ...code, siteId }
    },
  }),
)

const RevokeEnrolmentCodePayload = builder
  .objectRef<{ revoked: boolean }>('RevokeEnrolmentCodePayload')
  .implement({
    description: 'What became of the code.',
    fields: t => ({
      revoked: t.exposeBoolean('revoked', {
        description:
          'False: there is no such code, or it was used, had expired or was revoked before.',
      }),
    }),
  })

const RevokeEnrolmentCodeInput = builder.inputType('RevokeEnrolmentCodeInput', {
  fields: t => ({ code: t.string({ required: true, description: 'As it was given out.' }) }),
})

builder.mutationField('revokeEnrolmentCode', t =>
  t.field({
    type: RevokeEnrolmentCodePayload,
    description:
      'Makes a code that nobody has used worth nothing. A monitor that has used it keeps its account.',
    args: { input: t.arg({ type: RevokeEnrolmentCodeInput, required: true }) },
    resolve: async (_root, { input }, { sql }) => ({
      revoked: await revokeEnrolmentCode(sql, filterText('code', input.code) ?? ''),
    }),
  }),
)

function hoursOf(hours: number | null | undefined): number {
  const given = hours ?? HOURS.default
  if (given >= 1 && given <= HOURS.most) return given
  throw badInput(`cannot make the code: give 1 to ${HOURS.most} as expiresInHours`)
}

async function findSite({ sql }: Context, site: string): Promise<string> {
  const text = filterText('site', site) ?? ''
  const found = await siteNamed(sql, text)
  if (found) return found.id
  const message = `cannot make the code: the site "${text.slice(0, LIMITS.text)}" is not known; give the key or the id of one of Query.sites`
  throw new GraphQLError(message, { extensions: { code: 'UNKNOWN_SITE' } })
}

async function siteNamed(sql: Context['sql'], text: string) {
  const global = parseGlobalId(text)
  if (!global) return await siteByKey(sql, text)
  const [site] = global.typename === 'Site' ? await sitesById(sql, [global.id]) : []
  return site
}

function enrolmentIsOff(): GraphQLError {
  return new GraphQLError(
    'cannot make the code: no monitors enrol here; set PLATEN_XMPP_DOMAIN and PLATEN_LICENCE_KEY_DIRECTORY',
    { extensions: { code: 'ENROLMENT_OFF' } },
  )
}
