import { existsSync } from 'node:fs'
import { type Builder, buildImages, findBuilder } from '@platen/images'
import { makeBases } from '../cluster/images/index.ts'
import { succeeds } from '../cluster/run.ts'

const tell = (line: string) => void process.stderr.write(`${line}\n`)

/** Why this machine cannot build images and look into them, in one sentence. */
export async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'cannot test images: their file systems are opened and entered as root on Linux; run it as root'
  }
  if (!(await succeeds('unshare', ['--mount', '--pid', '--fork', '--net', 'true']))) {
    return 'cannot test images: this machine lets nobody make namespaces; run it on one that does'
  }
  return await findBuilder().then(
    () => undefined,
    (error: Error) => error.message,
  )
}

/** On bases of our own where they can be made, else on the public ones. */
export async function buildForTests() {
  const builder: Builder = await findBuilder()
  const bases = existsSync('/usr/sbin/debootstrap') ? await makeBases(tell) : {}
  const built = await buildImages(
    builder,
    { registry: 'localhost/platen', tag: 'test', bases },
    tell,
  )
  return { builder, built }
}
