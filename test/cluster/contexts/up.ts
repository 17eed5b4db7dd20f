import { IMAGES, referenceOf } from '@platen/images'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { CLUSTERS } from '../clusters.ts'
import { demonstrate } from '../platform/demonstration.ts'
import { RELEASE, type Release } from '../platform/resources.ts'
import { problemsOf } from './check.ts'
import { connectAll } from './connect.ts'
import { prepare } from './ground.ts'
import { look, type Seen } from './look.ts'
import { namespacesIn } from './namespaces.ts'
import { type Place, placeOf, settingOf } from './setting.ts'
import { type Contexts, forgetContexts, rememberContexts, rememberedContexts } from './state.ts'

type Tell = (line: string) => void

export interface ContextsUp {
  /** The management cluster's first. */
  contexts: Contexts
  /** Where the images are pulled from; undefined: the nodes have them. */
  registry: string | undefined
}

/** The demonstration in two clusters that are there already. Nothing is written before both were found fit. */
export async function upInContexts(options: ContextsUp, tell: Tell): Promise<string> {
  const places = await findPlaces(options)
  rememberContexts(options.contexts)
  const egressPorts = await prepare(places)
  tell('stores       ready')
  await using ways = new AsyncDisposableStack()
  return await demonstrate({
    clusters: places.map(({ cluster }) => cluster),
    release: releaseOf(options),
    setting: settingOf(places, { egressPorts, ways }),
    tell,
  })
}

const releaseOf = ({ registry }: Pick<ContextsUp, 'registry'>): Release =>
  registry === undefined ? RELEASE : { ...RELEASE, registry }

async function findPlaces(options: ContextsUp): Promise<Place[]> {
  refuseOthers(options.contexts)
  try {
    const clusters = await connectAll(options.contexts)
    const seen = await lookAt(clusters, options)
    return clusters.map((cluster, index) => placeOf(cluster, seen[index] as Seen))
  } catch (error) {
    if (!rememberedContexts()) forgetContexts() // their credentials
    throw error
  }
}

/** `down` must find again what was put anywhere. */
function refuseOthers(contexts: Contexts): void {
  const before = rememberedContexts()
  if (!before || String(before) === String(contexts)) return
  throw new Error(
    `cannot use contexts ${contexts.join(' and ')}: the platform is in ${before.join(' and ')}; run npm run cluster -- down first`,
  )
}

/** @throws a line for each thing that is not as it has to be. */
export async function lookAt(
  clusters: ClusterAccess[],
  { contexts, registry }: ContextsUp,
): Promise<Seen[]> {
  const seen = await Promise.all(
    clusters.map((cluster, index) => look(cluster, contexts[index] ?? '')),
  )
  const images = registry === undefined ? imagesOf(RELEASE) : []
  const problems = CLUSTERS.flatMap((plan, index) =>
    problemsOf(seen[index] as Seen, {
      images,
      namespaces: namespacesIn(plan),
      region: plan.region,
    }),
  )
  if (seen[0]?.id === seen[1]?.id) {
    problems.push(`cannot use contexts ${contexts.join(' and ')}: both are one cluster; give two`)
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return seen
}

function imagesOf({ registry, version: tag }: Release): string[] {
  return IMAGES.map(({ name }) => referenceOf(name, { registry, tag }))
}
