import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  type ControlPlane,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  simulateWorkloads,
  startControlPlane,
} from '../../kubernetes/index.ts'
import { readKubeconfig, writeContexts } from '../../kubernetes/kubeconfig.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { connectRegion, installOperator } from '../platform/operator.ts'
import { RELEASE, regionObject, tenantObject } from '../platform/resources.ts'
import { connectAll } from './connect.ts'
import { prepare } from './ground.ts'
import type { Seen } from './look.ts'
import { CLASS } from './mark.ts'
import { type Place, placeOf, settingOf } from './setting.ts'
import { rememberContexts } from './state.ts'
import { contentOf, provisions, untilWhole } from './testing/cluster.ts'
import { cluster } from './testing/command.ts'
import { lookAt } from './up.ts'

const CONTEXTS = ['vienna', 'lyon'] as const

describeKubernetes('what up puts into clusters of contexts', () => {
  describeHelm('and down takes away', () => {
    let planes: [ControlPlane, ControlPlane]
    const home = temporaryDirectory()
    const kubeconfig = join(home.path, 'kubeconfig')
    const command = (name: string) => cluster({ kubeconfig, state: home.path }, name)

    beforeAll(async () => {
      vi.stubEnv('KUBECONFIG', kubeconfig)
      vi.stubEnv('XDG_STATE_HOME', home.path)
      const start = (name: string) => startControlPlane({ name, controllers: 'basic' })
      planes = await Promise.all([start(CONTEXTS[0]), start(CONTEXTS[1])])
      const connections = planes.map(plane => [plane.name, readKubeconfig(plane.kubeconfig)])
      writeContexts(kubeconfig, Object.fromEntries(connections))
      for (const [index, plane] of planes.entries()) await furnish(plane, `192.0.2.${index + 1}`)
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await Promise.all(planes.map(plane => plane.stop()))
      home[Symbol.dispose]()
    })

    it('is what the demonstration needs, and all of it goes but nothing else', async () => {
      await Promise.all(planes.map(untilWhole))
      const before = await Promise.all(planes.map(contentOf))
      const places = await findPlaces()
      await expectGround(places)
      await installPlaten(places)
      const claimed = await volumeIn(planes[1])

      const [status, up] = await Promise.all([command('status'), command('up')])
      expect(status.out).toMatch(
        /^in the contexts vienna and lyon\nmanagement: https:.*tenant.*acme/s,
      )
      expect(up.err).toMatch(/^cannot make clusters: the platform is in .* vienna and lyon; run/)

      const down = command('down')
      await expect
        .poll(() => namespacesIn(planes[1]), { timeout: 90_000, interval: 500 })
        .not.toContain('platen-system')
      const classes = await planes[1].kubectl(['get', 'storageclass', '--output=name'])
      expect(classes, 'until the volumes are gone, it is known whose they are').toContain(CLASS)
      await planes[1].kubectl(['delete', 'persistentvolume', claimed])

      expect(await down).toMatchObject({ status: 0, err: '' })
      expect(await Promise.all(planes.map(contentOf))).toEqual(before)
      expect(existsSync(join(home.path, 'platen/contexts')), 'it is forgotten').toBe(false)
    }, 300_000)
  })
})

/** As kind has it; with something that is somebody else's. */
async function furnish(plane: ControlPlane, address: string): Promise<void> {
  const place = provisions(plane)
  await place.endpoint(address)
  await place.node('one', address)
  await plane.kubectl(['label', 'node', 'one', `topology.kubernetes.io/region=${plane.name}`])
  await place.storageClass('standard')
  const mark = 'storageclass.kubernetes.io/is-default-class=true'
  await plane.kubectl(['annotate', 'storageclass', 'standard', mark])
  await plane.kubectl(['create', 'namespace', 'others'])
}

async function findPlaces(): Promise<[Place, Place]> {
  const clusters = await connectAll(CONTEXTS)
  const options = { contexts: CONTEXTS, registry: 'registry.example.com/platen' }
  const seen = await lookAt(clusters, options)
  rememberContexts(CONTEXTS)
  return clusters.map((access, index) => placeOf(access, seen[index] as Seen)) as [Place, Place]
}

async function expectGround(places: [Place, Place]): Promise<void> {
  const running = places.map(({ cluster: access }) =>
    simulateWorkloads(access, { kinds: ['Deployment'], namespaces: /^platen-demonstration$/ }),
  )
  const ports = await prepare(places)
  await prepare(places) // as after a crash
  for (const one of running) await one[Symbol.asyncDispose]()
  const [{ cluster: management }, { cluster: france }] = places
  const store = '/api/v1/namespaces/platen-demonstration/services/s3-fr'
  const { spec } = await france.rest.call('GET', store)
  const slice = '/apis/discovery.k8s.io/v1/namespaces/platen-demonstration/endpointslices/s3-fr'
  const way = await management.rest.call('GET', slice)
  expect(way, "the operator's way to the French store").toMatchObject({
    endpoints: [{ addresses: ['192.0.2.2'] }],
    ports: [{ name: spec.ports[0].name, port: spec.ports[0].nodePort }],
  })
  expect(ports).toContain(spec.ports[0].nodePort)
  const classes = '/apis/storage.k8s.io/v1/storageclasses'
  expect(await france.rest.call('GET', `${classes}/${CLASS}`)).toMatchObject({
    provisioner: 'rancher.io/local-path',
    allowedTopologies: [{ matchLabelExpressions: [{ values: ['lyon'] }] }],
  })
}

/** All of it, but for what the operator would make; of that the namespaces and the finalizers. */
async function installPlaten(places: [Place, Place]): Promise<void> {
  await using ways = new AsyncDisposableStack()
  const setting = settingOf(places, { egressPorts: [443], ways })
  const [management, other] = places
  const url = setting.serverOf(other.region)
  expect(url, 'not its address on this machine').toBe('https://192.0.2.2:6443')
  await connectRegion(management.cluster, { name: 'fr', cluster: other.cluster, url })
  await installOperator(management.cluster, RELEASE, setting.egressPorts)
  for (const { region, cluster: access } of places) {
    const { backup, objects } = await setting.groundOf(region)
    const tenants = setting.tenants.filter(tenant => tenant.region === region)
    const made = [`platen-region-${region.name}`, ...tenants.map(({ name }) => `tenant-${name}`)]
    await access.kubectl(strictly, {
      input: made.map(name => operatorNamespace(name, region.name)),
    })
    await access.kubectl(strictly, { input: [...objects, policyOf(region.name)] })
    const resources = [regionObject(region, RELEASE, backup), ...tenants.map(tenantObject)]
    for (const { metadata } of resources) metadata.finalizers = ['platen.dev/stack']
    await management.cluster.kubectl(strictly, { input: resources })
  }
}

const strictly = ['apply', '--server-side', '--validate=strict', '-f', '-']

const operatorNamespace = (name: string, region: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'platen.dev/region': region } },
})

const policyOf = (region: string): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: {
    name: `platen-residency-pods.${region}`,
    labels: { 'app.kubernetes.io/managed-by': 'platen-operator' },
  },
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
    validations: [{ expression: 'true' }],
  },
})

async function volumeIn({ kubectl }: ControlPlane): Promise<string> {
  const name = 'volume-of-the-demonstration'
  const spec = {
    storageClassName: CLASS,
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/nowhere' },
  }
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec }
  await kubectl(strictly, { input: [volume] })
  return name
}

async function namespacesIn({ kubectl }: ControlPlane): Promise<string[]> {
  const names = await kubectl(['get', 'namespaces', '--output=name'])
  return names.split('\n').map(name => name.replace('namespace/', ''))
}
