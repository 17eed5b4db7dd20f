import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGES } from '@platen/images'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ControlPlane, describeKubernetes, startControlPlane } from '../../kubernetes/index.ts'
import { readKubeconfig, writeContexts } from '../../kubernetes/kubeconfig.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { contentOf, provisions, untilWhole } from './testing/cluster.ts'
import { cluster } from './testing/command.ts'

const CONTEXTS = ['--use-context', 'berlin', '--use-context', 'paris']
const OURS = IMAGES.map(({ name }) => `localhost/platen/platen-${name}:dev`)

describeKubernetes('clusters of contexts that are not fit', () => {
  let home: ReturnType<typeof temporaryDirectory>
  let planes: ControlPlane[]

  beforeAll(async () => {
    home = temporaryDirectory()
    planes = await Promise.all(
      ['berlin', 'paris'].map(name => startControlPlane({ name, controllers: 'none' })),
    )
    await Promise.all(planes.map(untilWhole))
    const [berlin, paris] = planes.map(plane => readKubeconfig(plane.kubeconfig))
    if (!berlin || !paris) throw new Error('cannot test: no control planes')
    const nowhere = { ...paris, url: 'https://127.0.0.1:1' }
    writeContexts(join(home.path, 'kubeconfig'), { berlin, paris, twin: berlin, nowhere })
  })
  afterAll(async () => {
    await Promise.all(planes.map(plane => plane.stop()))
    home[Symbol.dispose]()
  })

  const up = (...args: string[]) =>
    cluster({ kubeconfig: join(home.path, 'kubeconfig'), state: home.path }, 'up', ...args)

  async function refusals(...args: string[]): Promise<string[]> {
    const before = await Promise.all(planes.map(contentOf))
    const { status, out, err } = await up(...args)
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(await Promise.all(planes.map(contentOf)), 'nothing was written').toEqual(before)
    expect(existsSync(join(home.path, 'platen/contexts')), 'nothing is remembered').toBe(false)
    return err.trim().split('\n')
  }

  it.each([
    {
      name: 'a context that does not exist',
      second: 'rome',
      why: /^cannot use context rome: .* has none of that name, but berlin, nowhere, paris, twin;/,
    },
    {
      name: 'one that does not answer',
      second: 'nowhere',
      why: /^cannot use context nowhere: its API server https:\/\/127.0.0.1:1 .*ECONNREFUSED.*; start the cluster/,
    },
  ])('$name is told', async ({ second, why }) => {
    const said = await refusals('--use-context', 'berlin', '--use-context', second)
    expect(said).toEqual([expect.stringMatching(why)])
  })

  it('two names of one cluster are found out', async () => {
    const said = await refusals('--use-context', 'berlin', '--use-context', 'twin')
    expect(said).toContain('cannot use contexts berlin and twin: both are one cluster; give two')
  })

  it('each lack is told with what to do, until nothing is lacking but the images', async () => {
    const [berlin, paris] = planes.map(provisions)
    const lacks = (context: string, text: string) =>
      expect.stringMatching(`^cannot use context ${context}: .*${text}`)

    expect(await refusals(...CONTEXTS)).toEqual([
      lacks('berlin', 'none of its nodes is Ready; kubectl --context berlin describe nodes'),
      lacks('berlin', 'it has no StorageClass'),
      lacks('berlin', 'EndpointSlice default/kubernetes names no other address'),
      lacks('paris', 'none of its nodes is Ready'),
      lacks('paris', 'it has no StorageClass'),
      lacks('paris', 'EndpointSlice'),
    ])

    for (const [index, place] of [berlin, paris].entries()) {
      await place?.endpoint(`192.0.2.1${index}`)
      await place?.node('one', `192.0.2.1${index}`)
      await place?.storageClass('standard')
    }
    const said = await refusals(...CONTEXTS)
    expect(said).toEqual([
      lacks('berlin', 'says where it is; run kubectl --context berlin label node one'),
      lacks(
        'berlin',
        'is the default; run kubectl --context berlin annotate storageclass standard',
      ),
      lacks('paris', 'topology.kubernetes.io/region=eu-west-3$'),
      lacks('paris', 'is the default'),
    ])

    for (const command of said.map(line => line.split('; run kubectl --context ')[1] ?? '')) {
      const [context, ...args] = command.split(' ')
      await planes[context === 'berlin' ? 0 : 1]?.kubectl(args)
    }
    await berlin?.images('one', OURS)
    await paris?.images('one', OURS.slice(1))
    expect(await refusals(...CONTEXTS)).toEqual([
      lacks('paris', `its node one has not the images ${OURS[0]}; load them .*kind load`),
    ])
  }, 300_000)

  it('a Platen that somebody else has put there is left alone', async () => {
    const [berlin, paris] = planes
    await berlin?.kubectl(['create', 'namespace', 'platen-system'])
    await paris?.installCrds('crds')

    const said = await refusals(...CONTEXTS, '--registry', 'registry.example.com/platen')

    expect(said).toEqual([
      'cannot use context berlin: it has already what npm run cluster did not make: namespace platen-system; give another cluster, or remove that',
      'cannot use context paris: it has already what npm run cluster did not make: Platen; give another cluster, or remove that',
    ])
  })
})
