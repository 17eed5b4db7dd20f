import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { generateTypes } from './types.ts'

/** `npm run generate`: writes the operator's types anew from `crds/`. */
const folder = fileURLToPath(new URL('../../operator/resources/', import.meta.url))
for (const [name, source] of Object.entries(await generateTypes())) {
  await writeFile(folder + name, source)
  process.stdout.write(`operator/resources/${name}\n`)
}
