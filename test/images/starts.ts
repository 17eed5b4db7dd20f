import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ImageName } from '@platen/images'
import { generate } from 'selfsigned'
import { parseAllDocuments } from 'yaml'
import type { Root } from './root.ts'

/** That an image's program runs, from the image alone. */
export interface Start {
  what: string
  /** For `inPod`. */
  script: string | ((root: Root) => Promise<string>)
  status: number
  says: RegExp
}

/** A process without its settings says which; one that misses a module would say that. */
const asks = (bundle: string, says: RegExp, status = 2): Start => ({
  what: `${bundle} asks for its settings`,
  script: `as_user node --disable-warning=ExperimentalWarning /app/${bundle}`,
  status,
  says,
})

export const STARTS: Record<ImageName, Start[]> = {
  operator: [asks('operator.mjs', /cannot start: cannot use the kubeconfig of cluster/, 1)],
  api: [
    asks('api.mjs', /^cannot start api: PLATEN_DATABASE_URL is not set$/m),
    asks('database.mjs prepare', /^cannot prepare: PLATEN_ROLE_API_PASSWORD is not set/),
    asks('database.mjs expire', /^cannot expire: PLATEN_RETENTION_MONTHS is not set/),
  ],
  ingest: [asks('ingest.mjs', /^cannot start ingest: PLATEN_DATABASE_URL is not set/)],
  edge: [
    asks('edge.mjs', /^cannot start edge: PLATEN_EDGE_ROUTES is not set/),
    {
      what: 'HAProxy answers its probe, started as a pod does it',
      script: edge,
      status: 0,
      says: /200/,
    },
  ],
  monitor: [asks('monitor.mjs', /^cannot start monitor: PLATEN_DATA is not set/)],
  printers: [
    {
      what: 'the simulated printers answer',
      script: `as_user node /app/printers.mjs >"$ROOT/run/said" &
        until [ -s "$ROOT/run/said" ]; do sleep 0.1; done; cat "$ROOT/run/said"`,
      status: 0,
      says: /^{"devices":\d+,/,
    },
  ],
  xmpp: [
    {
      what: 'Lua finds all that Prosody and its probe need',
      script: `as_user lua5.4 -e 'for _, name in ipairs { "dbd.postgresql", "ssl", "socket", "lxp", "lfs" } do require(name) end'`,
      status: 0,
      says: /^$/,
    },
    {
      what: 'Prosody answers its probe, started as a pod does it',
      script: xmpp,
      status: 0,
      says: /^alive$/m,
    },
  ],
  database: [
    {
      what: 'PostgreSQL and pgBackRest are there',
      script: 'as_user /usr/lib/postgresql/18/bin/postgres --version && as_user pgbackrest version',
      status: 0,
      says: /PostgreSQL\) 18.*\npgBackRest 2/,
    },
  ],
}

/** As long as somebody waits, it may take: a busy machine starts nothing in a second. */
const until = (probe: string) => `until ${probe} >"$ROOT/run/said" 2>&1; do sleep 0.2; done`

async function edge(root: Root): Promise<string> {
  const pod = readPod('operator/edge/testdata/balanced.yaml', {
    name: 'haproxy',
    configMap: 'edge',
  })
  writeFiles(root, '/etc/platen/edge', pod.files)
  const probe = `as_user node -e 'fetch("http://127.0.0.1:8404/livez").then(({ status }) => console.log(status))'`
  return `mkdir -m 1777 "$ROOT/run/platen-edge"
as_user ${quoted(pod.command)} &
${until(probe)}; cat "$ROOT/run/said"`
}

async function xmpp(root: Root): Promise<string> {
  const pod = readPod('operator/render/testdata/small-statefulset.yaml', {
    name: 'xmpp',
    configMap: 'xmpp',
  })
  writeFiles(root, '/etc/platen/xmpp', pod.files)
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }])
  writeFiles(root, '/etc/platen/tls', { 'tls.crt': cert, 'tls.key': key })
  mkdirSync(join(root.path, 'var/lib/prosody'), { recursive: true })
  const secrets = ['COMPONENT_SECRET', 'DATABASE_USERNAME', 'DATABASE_PASSWORD'].map(
    name => `${name}=x`,
  )
  return `mount -t tmpfs -o mode=1777 tmpfs "$ROOT/var/lib/prosody"
as_user ${quoted(['env', ...secrets, ...pod.command])} &
${until(`as_user ${quoted(pod.probe)}`)}; echo alive`
}

interface Container {
  name: string
  command: string[]
  livenessProbe: { exec?: { command: string[] } }
}

/** Of objects as the operator renders them: how a container is started and probed, and the files of its ConfigMap. */
function readPod(file: string, { name, configMap }: { name: string; configMap: string }) {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const objects = parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS())
  const containers: Container[] = objects.flatMap(
    ({ kind, spec }) => (kind === 'Deployment' && spec.template.spec.containers) || [],
  )
  const container = containers.find(one => one.name === name)
  const config = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap,
  )
  if (!container || !config) throw new Error(`${file} has no ${name}`)
  return {
    command: container.command,
    probe: container.livenessProbe.exec?.command ?? [],
    files: config.data as Record<string, string>,
  }
}

function writeFiles(root: Root, folder: string, files: Record<string, string>): void {
  mkdirSync(join(root.path, folder), { recursive: true })
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(root.path, folder, name), text)
}

const quoted = (words: string[]) =>
  words.map(word => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
