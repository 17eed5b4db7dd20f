import { join, resolve } from 'node:path'
import { IMAGES, PROJECT } from '../images.ts'
import { bundle } from './bundle.ts'

const USAGE = `usage: node services/images/bundle/main.ts FOLDER

Bundles what the Node images start into FOLDER, a folder in it for each image.
`

const [folder, ...others] = process.argv.slice(2)
if (folder === undefined || folder.startsWith('-') || others.length > 0) {
  process.stderr.write(USAGE)
  process.exitCode = 2
} else {
  for (const { name, processes } of IMAGES) {
    if (processes) await bundle(PROJECT, processes, join(resolve(folder), name))
  }
}
