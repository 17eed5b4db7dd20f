import { run } from '../run.ts'

/** Where a release of Debian comes from. */
export interface Sources {
  mirror: string
  /** For /etc/apt/sources.list. */
  lines: string[]
}

const FORMAT = '$(ORIGIN) $(CODENAME) $(REPO_URI)'

/**
 * Debian's mirrors as this machine's apt has them.
 * @param suite e.g. `bookworm`; its security updates are among the lines when this machine has them
 * @throws one sentence when apt has no mirror of Debian's
 */
export async function debianSources(suite: string): Promise<Sources> {
  const said = await run('apt-get', ['indextargets', '--format', FORMAT, 'Created-By: Packages'])
  return sourcesFrom(said, suite)
}

/** @param targets lines of origin, code name and URL, as apt gives them */
export function sourcesFrom(targets: string, suite: string): Sources {
  const known = targets.split('\n').map(line => line.split(' '))
  const urlOf = (fits: (codename: string) => boolean) =>
    known.find(([origin, codename = '']) => origin === 'Debian' && fits(codename))?.[2]
  const mirror = urlOf(codename => !codename.includes('-'))
  if (!mirror) {
    throw new Error(
      'cannot make a base image: apt knows no mirror of Debian; run apt-get update on a Debian machine, or name base images with --base',
    )
  }
  const security = urlOf(codename => codename === `${suite}-security`)
  return {
    mirror,
    lines: [
      `deb ${mirror} ${suite} main`,
      ...(security ? [`deb ${security} ${suite}-security main`] : []),
      '',
    ],
  }
}
