import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { listen } from './listen.ts'
import { testApi } from './testing/api.ts'

const CHROMIUM = '/usr/bin/chromium'

/** The page's elements after it has run for a while in a browser that finds no host but this machine. */
async function render(url: string): Promise<string> {
  using profile = temporaryDirectory()
  const options = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    ...[
      `--user-data-dir=${profile.path}`,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
    ...['--virtual-time-budget=10000', '--dump-dom'],
  ]
  const { stdout } = await promisify(execFile)(CHROMIUM, [...options, url], { maxBuffer: 2 ** 26 })
  return stdout.replaceAll(/<(script|style).*?<\/\1>/gs, '')
}

// Headless, of Debian's package chromium: `apt-get install chromium`.
it.skipIf(!existsSync(CHROMIUM))(
  'GraphiQL runs in a real browser, without the internet and under its content security policy',
  { timeout: 90_000 },
  async () => {
    await using database = await freshDatabase()
    await using api = await testApi(database.sql)
    const port = await listen(api.server, { host: '127.0.0.1', port: 0 })
    const body = await render(`http://127.0.0.1:${port}/graphql`)
    expect(body).toContain('aria-label="Execute query')
    expect(body).toMatch(/class="view-line"[^>]*>.*Welcome/)
    expect(body).toContain('Authorization')
  },
)
