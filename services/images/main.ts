import { buildImages } from './build.ts'
import { type Builder, findBuilder } from './builder.ts'
import { exportImages } from './export.ts'
import { HELP, OptionError, type Options, parseOptions } from './options.ts'
import { ProgramError } from './program.ts'
import { sizeTable } from './table.ts'

// npm run images; see docs/images.md

const tell = (line: string) => void process.stderr.write(`${line}\n`)

try {
  const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
  if (options === 'help') process.stdout.write(HELP)
  else await make(await findBuilder(), options)
} catch (error) {
  process.exitCode = error instanceof OptionError ? 2 : 1
  if (error instanceof ProgramError && error.said) tell(error.said)
  tell(error instanceof Error ? error.message : String(error))
}

async function make(builder: Builder, options: Options): Promise<void> {
  tell(`building with ${builder.name}`)
  const images = await buildImages(builder, options, tell)
  if (options.push) {
    for (const { reference } of images) {
      tell(`pushing ${reference} ...`)
      await builder.push(reference)
    }
  }
  if (options.output) tell(`written: ${await exportImages(builder, images, options.output)}`)
  process.stdout.write(`${sizeTable(images)}\n`)
}
