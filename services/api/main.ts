import { connect, requireSchema } from '@platen/database'
import { runProcess } from '@platen/telemetry'
import { readIssuer } from './enrolment/issuer.ts'
import { watchLedger } from './ledger/watch.ts'
import { LIMITS } from './limits.ts'
import { listen } from './listen.ts'
import { createServer } from './server.ts'
import { settings } from './settings.ts'
import { readTls } from './tls.ts'
import { boundsOf, createTurns } from './turns.ts'
import { watchArchive } from './watch-archive.ts'
import { watchDatabase } from './watch-database.ts'

await runProcess({ service: 'api', settings }, async process => {
  const { databaseUrl, host, port, ledgerDirectory, milliCpu } = process.settings
  const tls = readTls(process.settings)
  const issuer = readIssuer(process.settings)
  const { statementMs } = LIMITS
  const bounds = boundsOf(milliCpu)
  const sql = connect(databaseUrl, { name: 'platen api', max: bounds.connections, statementMs })
  process.onStop('database', () => sql.end())
  await requireSchema(sql)

  const watch = watchDatabase(sql, process.health, process.logger)
  process.onStop('the watch over the database', () => watch[Symbol.dispose]())

  const archive = watchArchive({ ...process, sql })
  process.onStop('the watch over the archive', () => archive[Symbol.dispose]())

  if (ledgerDirectory !== undefined) {
    const ledger = watchLedger({ ...process, sql, directory: ledgerDirectory })
    process.onStop('the watch over the ledger', () => ledger[Symbol.dispose]())
  }

  const turns = createTurns(bounds)
  const server = createServer({ ...process, sql, tls, issuer, turns })
  process.onStop('server', () => server.close())
  process.logger.info({ apiPort: await listen(server, { host, port }) }, 'listening')
})
