import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFleet } from '@platen/test'
import { expect, it } from 'vitest'
import { describeHelm, type KubeObject } from '../kubernetes/index.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startProcess } from '../support/process.ts'
import { DOMAIN } from '../support/prosody.ts'
import { startIngest, startTenant } from '../support/sender.ts'
import { render } from './monitor-values.ts'

describeHelm('a monitor with the environment and the files of its chart', () => {
  it('reads a printer, whose meters arrive in the database', async () => {
    using directory = temporaryDirectory()
    await using tenant = await startTenant()
    await using _ingest = await startIngest(tenant)
    await using printer = await startFleet({ devices: 1, community: 'of the "office"' })
    const { c2sPort, caFile } = tenant.prosody
    const rendered = await render({
      xmpp: {
        domain: DOMAIN,
        host: '127.0.0.1',
        port: c2sPort,
        user: 'm',
        password: 'pass',
        certificateAuthority: readFileSync(caFile, 'utf8'),
      },
      networks: [`${printer.addresses[0]}/32`],
      snmp: {
        port: printer.port,
        communities: ['other', 'of the "office"'],
        v3: { user: 'reader', authPassword: 'authentic: yes', privacyPassword: '{{ private }}' },
      },
    })
    await using monitor = startProcess('monitor/main.ts', asInPod(rendered, directory.path))
    const { sql } = tenant.database
    await expect.poll(() => sql`select 1 from meter`, { timeout: 30_000 }).not.toHaveLength(0)
    expect(await monitor.page('/readyz')).toContain('ready')
    monitor.kill('SIGTERM')
    expect(await monitor.exited).toBe(0)
  })
})

/** What the kubelet makes of the StatefulSet's pod, with its volumes below a folder; the health port is a free one. */
function asInPod(rendered: KubeObject[], folder: string): Record<string, string> {
  const [container] = podOf(rendered).containers
  const files = join(folder, 'configuration')
  mkdirSync(files)
  for (const [name, content] of Object.entries(filesOf(rendered))) {
    writeFileSync(join(files, name), content)
  }
  const variables = container.env.map(({ name, value, valueFrom }: KubeObject) => [
    name,
    value ?? dataOf(rendered, valueFrom.secretKeyRef.name)[valueFrom.secretKeyRef.key],
  ])
  const present = variables.filter(([, value]: string[]) => value !== undefined)
  const inFolder = present.map(([name, value]: [string, string]) => [
    name,
    value.replace(/^\/etc\/platen/, files).replace(/^\/var\/lib\/platen/, folder),
  ])
  return {
    ...Object.fromEntries(inFolder),
    PLATEN_HEALTH_HOST: '127.0.0.1',
    PLATEN_HEALTH_PORT: '0',
  }
}

const podOf = (rendered: KubeObject[]) =>
  rendered.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec

function dataOf(rendered: KubeObject[], name: string): Record<string, string> {
  const { stringData, data } = rendered.find(({ metadata }) => metadata.name === name) ?? {}
  return stringData ?? data
}

/** The files of the projected volume. */
function filesOf(rendered: KubeObject[]): Record<string, string> {
  const volume = podOf(rendered).volumes.find(({ projected }: KubeObject) => projected)
  return Object.assign(
    {},
    ...volume.projected.sources.map(({ secret, configMap }: KubeObject) => {
      const { name, items } = secret ?? configMap
      const data = dataOf(rendered, name)
      if (!items) return data
      return Object.fromEntries(items.map(({ key, path }: KubeObject) => [path, data[key]]))
    }),
  )
}
