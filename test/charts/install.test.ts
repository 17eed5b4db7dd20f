import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findAssets } from '../kubernetes/assets.ts'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { readKubeconfig } from '../kubernetes/kubeconfig.ts'
import { restTo } from '../kubernetes/rest.ts'
import { temporaryDirectory } from '../support/directory.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
/** Stands for both the release and its namespace, so that nothing else on the server has these names. */
const NAME = 'charts-install'

/** The shell commands below the headline, one text a block, with names of their own. */
function commandsOf(headline: string): string[] {
  const page = readFileSync(join(PROJECT, 'docs/operator.md'), 'utf8')
  const [, section = ''] = page.split(`\n### ${headline}\n`)
  const [own = ''] = section.split(/^#{2,3} /m)
  const blocks = [...own.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, block = '']) => block)
  return blocks.map(block =>
    block.replace(/platen-system/g, NAME).replace(/(?<!charts\/)platen-operator/g, NAME),
  )
}

describeHelm('docs/operator.md', () => {
  describeKubernetes('on an API server', () => {
    let cluster: ClusterAccess
    const directory = temporaryDirectory()
    const kubeconfig = join(directory.path, 'config')

    beforeAll(async () => {
      cluster = await sharedControlPlane()
      const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'))
      // One server stands for both clusters.
      config.contexts.push({ ...config.contexts[0], name: 'fr' })
      writeFileSync(kubeconfig, JSON.stringify(config))
    })
    afterAll(async () => {
      await cluster?.kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false'])
      directory[Symbol.dispose]()
    })

    /** As a person would, in the project's folder. */
    async function run(script: string): Promise<string> {
      const assets = await findAssets(['helm', 'kubectl'])
      const folders = [dirname(assets.helm), dirname(assets.kubectl)]
      const { stdout } = await promisify(execFile)('sh', ['-euc', `umask 077\n${script}`], {
        cwd: PROJECT,
        env: {
          PATH: [...folders, process.env.PATH].join(':'),
          HOME: directory.path,
          KUBECONFIG: kubeconfig,
          SERVER: cluster.url,
        },
      })
      return stdout
    }

    it('makes a kubeconfig for a region in a cluster of its own', async () => {
      const [install = '', makeKubeconfig = '', putInto = ''] = commandsOf(
        'A region in a cluster of its own',
      ).map(script => script.replace(/fr-(kubeconfig|ca\.crt)/g, join(directory.path, 'fr-$1')))
      expect(await run(install)).toContain(`Its token is in the Secret ${NAME}-token`)
      try {
        await expect.poll(() => tokenOf(cluster), { timeout: 10_000 }).toBeDefined()
        await run(makeKubeconfig)
        await run(putInto)
        const path = `/api/v1/namespaces/${NAME}/secrets/cluster-fr`
        const { data } = await cluster.rest.call('GET', path)
        expect(await mayReadSecrets(Buffer.from(data.kubeconfig, 'base64'))).toBe(true)
      } finally {
        await run(`helm uninstall ${NAME} --namespace ${NAME}`)
      }
    })

    it('is installed, upgraded and uninstalled, and the definitions stay', async () => {
      const [applyDefinitions = '', upgrade = ''] =
        commandsOf('Upgrade')[0]?.split(/^(?=helm)/m) ?? []
      const chart = 'charts/platen-operator'
      const said = await run(
        `helm install ${NAME} ${chart} --namespace ${NAME} --create-namespace --set replicas=1`,
      )
      expect(said).toContain('There is one replica')
      try {
        await run(applyDefinitions)
        await run(upgrade)
        const deployment = `/apis/apps/v1/namespaces/${NAME}/deployments/${NAME}`
        const { spec } = await cluster.rest.call('GET', deployment)
        expect(spec.template.spec.containers[0].image).toMatch(/:1\.1\.0$/)
        expect(spec.replicas, 'the value from before is kept').toBe(1)
      } finally {
        await run(`helm uninstall ${NAME} --namespace ${NAME}`)
      }
      await cluster.rest.call(
        'GET',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenants.platen.dev',
      )
    })

    async function mayReadSecrets(content: Buffer): Promise<boolean> {
      const file = join(directory.path, 'from-secret')
      // A program as unlike the operator's client as can be reads it, and writes it as the tests' own client does.
      const config: KubeObject = JSON.parse(
        await run(
          `cat > ${file} <<'END'\n${content}\nEND\nkubectl --kubeconfig ${file} config view --raw -o json`,
        ),
      )
      writeFileSync(file, JSON.stringify(config))
      using rest = restTo(readKubeconfig(file))
      const { items } = await rest.call('GET', '/api/v1/secrets?limit=1')
      return Array.isArray(items)
    }
  })
})

async function tokenOf({ rest }: ClusterAccess): Promise<string | undefined> {
  const { data } = await rest.call('GET', `/api/v1/namespaces/${NAME}/secrets/${NAME}-token`)
  return data?.token
}
