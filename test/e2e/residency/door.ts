import { MANAGEMENT } from '../../cluster/clusters.ts'
import { DE } from '../../cluster/platform/places.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { conditionIn, readRegion } from '../support/conditions.ts'

const REGION = ['region', DE.name]
const BINDINGS = [
  'validatingadmissionpolicybindings',
  '--selector',
  `platen.dev/region=${DE.name},app.kubernetes.io/managed-by=platen-operator`,
]

/**
 * Takes away what the API server refuses in the namespaces of the Region's tenants, so that the second line is seen: the
 * operator alone. The Region is paused, because the operator would put the rules back at once; tenants are looked after all the same.
 * @param attempts what is refused with the rules, and not without them
 */
export async function openDoor(platform: Platform, attempts: KubeObject[]): Promise<void> {
  const { kubectl } = platform.cluster(MANAGEMENT)
  await kubectl(['annotate', ...REGION, 'platen.dev/paused=yes', '--overwrite'])
  await until(`Region ${DE.name} is paused`, async () => {
    const said = conditionIn(await readRegion(platform, DE.name), 'Paused')
    return said.startsWith('True') ? undefined : said
  })
  await kubectl(['delete', ...BINDINGS])
  await until('the API server refuses nothing of it any more', () => refusalOf(platform, attempts))
}

/** Lets the operator put the rules back, and waits until they are in force. */
export async function closeDoor(platform: Platform, attempts: KubeObject[]): Promise<void> {
  await platform.cluster(MANAGEMENT).kubectl(['annotate', ...REGION, 'platen.dev/paused-'])
  for (const attempt of attempts) {
    await until(`${attempt.kind} ${attempt.metadata.name} is refused again`, async () =>
      (await refusalOf(platform, [attempt])) === undefined ? 'it would be taken' : undefined,
    )
  }
}

/** What the API server says to objects that are made, which are not made; undefined: it would take them. */
export function refusalOf(platform: Platform, objects: KubeObject[]): Promise<string | undefined> {
  return attempt(platform, ['create', '-f', '-'], objects)
}

/** The same of an edit, as arguments of kubectl. */
export function refusalOfEdit(
  platform: Platform,
  edit: string[] = [],
): Promise<string | undefined> {
  return attempt(platform, edit)
}

async function attempt(
  platform: Platform,
  args: string[],
  input: KubeObject[] = [],
): Promise<string | undefined> {
  try {
    await platform.cluster(MANAGEMENT).kubectl([...args, '--dry-run=server'], { input })
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return /denied request: (cannot [^\n]+)/.exec(message)?.[1] ?? message
  }
}
