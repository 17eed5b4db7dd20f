import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from './support/directory.ts'

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

/**
 * Stands for what a script runs: ends in its own way when it is asked to. It takes a moment to start, as npm does between
 * starting a process and being ready to pass signals on to it.
 */
const RUN = `trap 'echo stopped in order; exit 7' TERM
sleep 1
echo running
i=0; while [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.05; done
`

// A shell in between would end at once, and leave what it has started running alone.
it.each(Object.keys(scripts))(
  'SIGTERM for `npm run %s` reaches what it runs, and its status comes back',
  async name => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, 'services/local'), { recursive: true })
    writeFileSync(join(directory.path, 'services/local/run.sh'), RUN)
    writeFileSync(join(directory.path, 'package.json'), JSON.stringify({ scripts }))
    const npm = spawn('npm', ['run', '--silent', name], {
      cwd: directory.path,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    npm.stdout.on('data', chunk => {
      said += chunk
      if (said === 'running\n') npm.kill('SIGTERM')
    })
    const [status] = await once(npm, 'close')
    expect({ said, status }).toEqual({ said: 'running\nstopped in order\n', status: 7 })
  },
)
