import { existsSync } from 'node:fs'
import { join } from 'node:path'
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
}

/** The project's root: the context of every build. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

const ALL: Image[] = [
  { name: 'operator', file: 'operator/Dockerfile', base: 'node' },
  { name: 'api', file: 'services/api/Dockerfile', base: 'node' },
  { name: 'ingest', file: 'services/ingest/Dockerfile', base: 'node' },
  { name: 'xmpp', file: 'services/ingest/xmpp.Dockerfile', base: 'debian' },
  { name: 'edge', file: 'services/edge/Dockerfile', base: 'node' },
  { name: 'database', file: 'services/database/Dockerfile', base: 'postgres' },
  { name: 'monitor', file: 'monitor/Dockerfile', base: 'node' },
  { name: 'printers', file: 'test/fleet/Dockerfile', base: 'node' },
]

export const IMAGES: readonly Image[] = ALL.filter(({ file }) => existsSync(join(PROJECT, file)))

/** Where an image is pulled from, as the operator and the charts name it. */
export function referenceOf(name: ImageName, { registry, tag }: { registry: string; tag: string }) {
  return `${registry}/platen-${name}:${tag}`
}
