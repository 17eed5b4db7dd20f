import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, type Prosody, startProsody } from '@platen/local'
import { temporaryDirectory } from './directory.ts'

export const DOMAIN = 'platen.localhost'
export const COMPONENT_SECRET = 'component-secret'

/** A Prosody of the test's own; disposing of it stops it. */
export interface TestProsody extends AsyncDisposable {
  readonly c2sPort: number
  readonly componentPort: number
  /** PEM that clients must trust, as text and as a file. */
  readonly ca: string
  readonly caFile: string
  /** Ends it at once, as a crash would. */
  kill(): void
  /** Starts it again, on the same ports. */
  restart(): Promise<void>
}

/** Starts a real Prosody for DOMAIN, with the accounts of the database at `databaseUrl`. */
export async function startTestProsody(databaseUrl: string): Promise<TestProsody> {
  const directory = temporaryDirectory()
  const [c2sPort = 0, componentPort = 0] = await freePorts(2)
  const start = () =>
    startProsody({
      directory: join(directory.path, 'prosody'),
      domain: DOMAIN,
      databaseUrl,
      componentSecret: COMPONENT_SECRET,
      c2sPort,
      componentPort,
    })
  let prosody: Prosody = await start()
  return {
    c2sPort,
    componentPort,
    caFile: prosody.caFile,
    ca: readFileSync(prosody.caFile, 'utf8'),
    kill: () => prosody.kill(),
    async restart() {
      await prosody.stop()
      prosody = await start()
    },
    async [Symbol.asyncDispose]() {
      await prosody.stop()
      directory[Symbol.dispose]()
    },
  }
}
