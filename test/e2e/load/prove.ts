import { connect } from '@platen/database'
import { proveReadings } from '../../faults/proof/readings.ts'
import { proveReceived } from '../../faults/proof/received.ts'
import type { Verdict } from '../../faults/proof/verdict.ts'
import type { Appended } from './worker.ts'

/**
 * Holds a tenant's database against what its monitors appended. Runs in the network of the tenant's node, which reaches
 * pods where policies let nobody else; its argument is a ProofSettings, and it prints a list of Verdicts, as JSON.
 */
export interface ProofSettings {
  databaseUrl: string
  appended: Appended[]
  base: number
}

async function prove({ databaseUrl, appended, base }: ProofSettings): Promise<Verdict[]> {
  const sql = connect(databaseUrl, { max: 1 })
  try {
    const { received, verdict } = await proveReceived(sql, appended)
    return [verdict, await proveReadings(sql, received, base)]
  } finally {
    await sql.end()
  }
}

process.stdout.write(JSON.stringify(await prove(JSON.parse(process.argv[2] ?? '{}'))))
