import { LEDGER_ORDER, type LedgerRow, listLedger } from '@platen/database'
import type { NamedOrder } from '../cursor.ts'
import { connectionOf, mostItems, pageToRead } from '../page.ts'
import { builder } from './builder.ts'

const ORDER: NamedOrder = { name: 'residency-ledger', ...LEDGER_ORDER }

const ResidencyVerdict = builder.enumType('ResidencyVerdict', {
  values: {
    VERIFIED: { value: 'verified', description: 'Everything observed lies where it must.' },
    VIOLATED: { value: 'violated', description: 'Something lies elsewhere, or could.' },
    UNKNOWN: {
      value: 'unknown',
      description: 'Not all facts were there, and none spoke against it.',
    },
  } as const,
})

const ResidencyLedgerEntry = builder.objectRef<LedgerRow>('ResidencyLedgerEntry').implement({
  description: 'One verification that all data of the tenant lies in its country.',
  fields: t => ({
    sequence: t.expose('sequence', {
      type: 'SafeInt',
      description: '1, 2, 3, ...; it starts again at 1 where a ledger begins again.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was verified.' }),
    verdict: t.expose('verdict', { type: ResidencyVerdict }),
    keyId: t.exposeString('keyId', { description: "Of the region's key that signed it." }),
    hash: t.exposeString('hash', {
      description: 'SHA-256 of the line in hex; the next entry holds it.',
    }),
    line: t.exposeString('line', {
      description:
        'Facts, reasons and signature, to the byte as the region signed them. The whole ledger: GET /residency-ledger.',
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      description: 'When it was written down here.',
    }),
  }),
})

builder.queryField('residencyLedger', t =>
  t.connection({
    type: ResidencyLedgerEntry,
    description: 'The residency ledger, the newest entry first.',
    complexity: args => ({ field: 5, multiplier: mostItems(args) }),
    resolve: async (_root, args, { sql }) => {
      const page = pageToRead(args, ORDER)
      return connectionOf(await listLedger(sql, page), page, ORDER)
    },
  }),
)
