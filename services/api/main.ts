import { connect, requireSchema } from '@platen/database'
import { runProcess } from '@platen/telemetry'
import { LIMITS } from './limits.ts'
import { listen } from './listen.ts'
import { createServer } from './server.ts'
import { settings } from './settings.ts'
import { watchDatabase } from './watch-database.ts'

await runProcess({ service: 'api', settings }, async process => {
  const { databaseUrl, host, port } = process.settings
  const { statementMs } = LIMITS
  const sql = connect(databaseUrl, { name: 'platen api', max: 10, statementMs })
  process.onStop('database', () => sql.end())
  await requireSchema(sql)

  const watch = watchDatabase(sql, process.health, process.logger)
  process.onStop('the watch over the database', () => watch[Symbol.dispose]())

  const server = createServer({ ...process, sql })
  process.onStop('server', () => server.close())
  process.logger.info({ apiPort: await listen(server, { host, port }) }, 'listening')
})
