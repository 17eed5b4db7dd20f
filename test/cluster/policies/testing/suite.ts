import { existsSync } from 'node:fs'
import { describe, it } from 'vitest'
import { succeeds } from '../../run.ts'

/**
 * A suite that needs a laboratory of network namespaces. Where there can be none it is skipped and its name says why;
 * with PLATEN_REQUIRE_KUBERNETES set, as in CI, it fails.
 */
export async function describeLab(name: string, suite: () => void): Promise<void> {
  const missing = await whatIsMissing()
  if (!missing) {
    describe(name, suite)
  } else if (process.env.PLATEN_REQUIRE_KUBERNETES) {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(missing)
      })
    })
  } else {
    describe.skip(`${name} (${missing})`, suite)
  }
}

async function whatIsMissing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces need Linux and root'
  if (!(await succeeds('unshare', ['--net', 'nft', 'list', 'ruleset']))) {
    return 'there is no nft, or no network namespaces'
  }
  if (!existsSync('/proc/sys/net/bridge')) return 'the kernel module br_netfilter is not loaded'
  return undefined
}
