import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type ClusterAccess, describeKubernetes, sharedControlPlane } from '../kubernetes/index.ts'

const FOLDER = 'docs/examples'
const folder = fileURLToPath(new URL(`../../${FOLDER}`, import.meta.url))

interface Example {
  kind: string
  metadata: { name: string }
  spec: { country?: string; countries?: string[]; regionRef?: { name: string } }
}

const files = (await readdir(folder)).filter(file => file.endsWith('.yaml'))
const examples = (
  await Promise.all(files.map(async file => readAll(await readFile(`${folder}/${file}`, 'utf8'))))
).flat()
const ofKind = (kind: string) => examples.filter(example => example.kind === kind)

function readAll(yaml: string): Example[] {
  return parseAllDocuments(yaml).map(document => document.toJS())
}

describe(FOLDER, () => {
  it('shows two Regions and three Tenants', () => {
    expect(ofKind('Region').map(({ metadata }) => metadata.name)).toEqual(['de', 'fr'])
    expect(ofKind('Tenant')).toHaveLength(3)
  })

  it('has one Region for each Tenant, so that all of them are accepted', () => {
    for (const { metadata, spec } of ofKind('Tenant')) {
      const holding = ofKind('Region').filter(region =>
        region.spec.countries?.includes(spec.country ?? ''),
      )
      expect(holding, `Regions for ${metadata.name}`).toHaveLength(1)
      expect([undefined, holding[0]?.metadata.name]).toContain(spec.regionRef?.name)
    }
  })

  it('comments each object for whoever copies it', () => {
    for (const file of files) {
      const documents = readFileSync(`${folder}/${file}`, 'utf8').split(/^---$/m)
      expect(documents.filter(document => !/^# [A-Z]/m.test(document))).toEqual([])
    }
  })
})

describeKubernetes('the API server', () => {
  let cluster: ClusterAccess
  beforeAll(async () => {
    cluster = await sharedControlPlane()
    await cluster.installCrds('crds')
  })

  it(`takes ${FOLDER} with strict validation`, async () => {
    const said = await cluster.kubectl([
      'apply',
      '--server-side',
      '--force-conflicts',
      '--dry-run=server',
      '--validate=strict',
      '--output=name',
      '-f',
      FOLDER,
    ])
    expect(said.trim().split('\n').sort()).toEqual([
      'region.platen.dev/de',
      'region.platen.dev/fr',
      'storageclass.storage.k8s.io/platen-eu-central-1',
      'tenant.platen.dev/acme',
      'tenant.platen.dev/alpenblick',
      'tenant.platen.dev/lumiere',
    ])
  })
})
