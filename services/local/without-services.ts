import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Debian's packages ask it whether they may start what they bring, and 101 forbids that (invoke-rc.d(8)). */
const POLICY_FILE = '/usr/sbin/policy-rc.d'
const MARK = '# Made by Platen while it installs'
const POLICY = `#!/bin/sh\n${MARK} packages; may be removed.\nexit 101\n`

/**
 * Packages that are installed meanwhile start no services of theirs. A policy of somebody else's stays as it is; one of ours
 * was left by an installation that was killed.
 */
export async function withoutServices(
  install: () => Promise<void>,
  file = POLICY_FILE,
): Promise<void> {
  const isOurs = !existsSync(file) || readFileSync(file, 'utf8').includes(MARK)
  if (!isOurs) return await install()
  writeFileSync(file, POLICY, { mode: 0o755 })
  try {
    await install()
  } finally {
    rmSync(file, { force: true })
  }
}
