/** How long the tests of this folder go on; `npm run test:operator:faults` makes it longer. */
export interface Length {
  seed: number
  /** Of hand edits of every kind, at three tenants. */
  rounds: number
  /** Edits in a storm, at the least. */
  storm: number
  /** How often the operator is killed. */
  kills: number
  /** How long the API server is gone. */
  goneMs: number
}

export function length(env: NodeJS.ProcessEnv = process.env): Length {
  const seconds = Number(env.PLATEN_FAULTS_SECONDS ?? 0)
  const seed = Number(env.PLATEN_FAULTS_SEED ?? 1)
  return {
    seed,
    rounds: 2 + Math.floor(seconds / 60),
    storm: 1_000 + 10 * seconds,
    kills: 10 + Math.floor(seconds / 6),
    goneMs: Math.max(20_000, Math.min(seconds * 1_000, 60_000)),
  }
}
