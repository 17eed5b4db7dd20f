import { fileURLToPath } from 'node:url'

/** What images are made from, and the public image that each Dockerfile takes where no other is named. */
export const BASES = {
  node: 'docker.io/library/node:24-bookworm-slim',
  debian: 'docker.io/library/debian:bookworm-slim',
  postgres: 'docker.io/library/postgres:18-trixie',
} as const

export type Base = keyof typeof BASES

export type ImageName =
  | 'operator'
  | 'api'
  | 'ingest'
  | 'xmpp'
  | 'edge'
  | 'database'
  | 'monitor'
  | 'printers'

export interface Image {
  name: ImageName
  /** The Dockerfile, relative to the project. */
  file: string
  base: Base
  /** The main.ts, relative to the project, of each process that the image starts as `node NAME.mjs`. */
  processes?: Readonly<Record<string, string>>
}

/** The project's root: the context of every build. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Each Node image is the stage of its own name. */
const NODE = { file: 'services/images/node.Dockerfile', base: 'node' } as const

export const IMAGES: readonly Image[] = [
  { name: 'operator', ...NODE, processes: { operator: 'operator/main.ts' } },
  {
    name: 'api',
    ...NODE,
    // The operator's Jobs run the database's room in the image of the API.
    processes: { api: 'services/api/main.ts', database: 'services/database/main.ts' },
  },
  { name: 'ingest', ...NODE, processes: { ingest: 'services/ingest/main.ts' } },
  { name: 'xmpp', file: 'services/ingest/xmpp.Dockerfile', base: 'debian' },
  { name: 'edge', ...NODE, processes: { edge: 'services/edge/main.ts' } },
  { name: 'database', file: 'services/database/Dockerfile', base: 'postgres' },
  { name: 'monitor', ...NODE, processes: { monitor: 'monitor/main.ts' } },
  { name: 'printers', ...NODE, processes: { printers: 'test/fleet/main.ts' } },
]

/** Where an image is pulled from, as the operator and the charts name it. */
export function referenceOf(name: ImageName, { registry, tag }: { registry: string; tag: string }) {
  return `${registry}/platen-${name}:${tag}`
}
