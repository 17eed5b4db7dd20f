import type { Verification, VerifyOptions } from './verify.ts'

/** What was found, in sentences for people; how it ends is the last line. */
export function reportOf(
  result: Verification,
  verify: Pick<VerifyOptions, 'head' | 'tenant'>,
): string {
  const { findings } = result
  const lines = findings.map(({ severity, message }) => `${severity}: ${message}`)
  lines.push(...summary(result))
  if (verify.head === undefined) {
    lines.push('notice: without --head nobody can see whether newer entries were cut off')
  }
  if (verify.tenant === undefined) {
    lines.push('notice: without --tenant it is yours to see whose ledger this is')
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (errors === 0) lines.push('nothing speaks against this ledger')
  else lines.push(errors === 1 ? '1 error' : `${errors} errors`)
  return lines.join('\n')
}

function summary({ entries, from, to, verdicts, subjects }: Verification): string[] {
  if (!from || !to) return []
  return [
    ...subjects.map(
      ({ tenant, tenantUid, region, country }) =>
        `tenant ${tenant} (uid ${tenantUid}), region ${region}, country ${country}`,
    ),
    `${entries} signed entries, ${from.sequence} to ${to.sequence}, ${from.at} to ${to.at}`,
    `verified ${verdicts.verified}, violated ${verdicts.violated}, unknown ${verdicts.unknown}`,
    `head ${to.hash}`,
  ]
}
