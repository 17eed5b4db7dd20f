import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAssets } from '../kubernetes/assets.ts'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { ENROLLED, render } from './monitor-values.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(PROJECT, 'docs/monitor.md'), 'utf8')
/** Stands for both the release and its namespace, so that nothing else on the server has these names. */
const NAME = 'charts-monitor-docs'

/** The shell commands below the headline, one text a block. */
function commandsOf(headline: string): string[] {
  const [, section = ''] = page.split(`\n## ${headline}\n`)
  const [own = ''] = section.split(/^## /m)
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
}

describeHelm('docs/monitor.md', () => {
  describeKubernetes('on an API server', () => {
    let cluster: ClusterAccess
    const directory = temporaryDirectory()
    beforeAll(async () => {
      cluster = await sharedControlPlane()
    })
    afterAll(async () => {
      await cluster?.kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false'])
      directory[Symbol.dispose]()
    })

    /** As a person would, in the project's folder. */
    async function run(script: string): Promise<string> {
      const { helm, kubectl } = await findAssets(['helm', 'kubectl'])
      const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
        cwd: PROJECT,
        env: {
          PATH: [dirname(helm), dirname(kubectl), process.env.PATH].join(':'),
          HOME: directory.path,
          KUBECONFIG: cluster.kubeconfig,
        },
      })
      return stdout
    }

    it('installs a monitor and upgrades it, and keeps what was said before', async () => {
      const [install = '', upgrade = ''] = commandsOf('On Kubernetes').map(script =>
        script
          .replace(/(?<![/])platen-monitor/g, NAME)
          .replace(/--namespace platen\b/g, `--namespace ${NAME}`),
      )
      const said = await run(install)
      expect(said).toContain(`kubectl --namespace ${NAME} delete pvc ${NAME}`)
      expect(said, 'the table of kubectl get').toMatch(
        new RegExp(`^statefulset.apps/${NAME} `, 'm'),
      )
      await run(upgrade)
      const path = `/apis/apps/v1/namespaces/${NAME}/statefulsets/${NAME}`
      const { spec } = await cluster.rest.call('GET', path)
      const [container] = spec.template.spec.containers
      expect(container.image).toBe('registry.example.com/platen/platen-monitor:1.1.0')
      expect(container.env).toContainEqual({
        name: 'PLATEN_NETWORKS',
        value: '192.168.1.0/24,192.168.2.0/24',
      })
    })
  })
})

describe("docs/monitor.md's line for Docker", () => {
  const [script = ''] = commandsOf('With Docker')
  const variables = Object.fromEntries(
    [...script.matchAll(/--env (\w+)=(\S+)/g)].map(([, name = '', value]) => [name, value]),
  )

  it('is one command behind another', async () => {
    await promisify(execFile)('sh', ['-nc', script])
    expect(script.match(/^docker run /gm)).toHaveLength(1)
  })

  it('sets what the monitor reads', () => {
    const settings = readFileSync(join(PROJECT, 'monitor/settings.ts'), 'utf8')
    const names = Object.keys(variables)
    expect(names).toContain('PLATEN_ENROL_URL')
    expect(names.filter(name => !settings.includes(`'${name}'`))).toEqual([])
  })

  describeHelm('and the chart', () => {
    it('agree on user, volume, data and memory', async () => {
      const set = (await render(ENROLLED)).find(({ kind }) => kind === 'StatefulSet')
      const { securityContext, containers } = set?.spec.template.spec ?? {}
      const [{ env, volumeMounts, resources }] = containers
      const data = (one: KubeObject) => one.name === 'data'
      const { runAsUser, runAsGroup } = securityContext
      expect(script).toContain(`--user ${runAsUser}:${runAsGroup} --read-only --tmpfs /tmp `)
      expect(script).toContain(`-o ${runAsUser} -g ${runAsGroup} `)
      expect(script).toContain(`:${volumeMounts.find(data).mountPath} `)
      expect(env).toContainEqual({ name: 'PLATEN_DATA', value: variables.PLATEN_DATA })
      expect(resources.limits.memory).toBe('512Mi')
      expect(script).toContain('--memory 512m ')
    })
  })
})
