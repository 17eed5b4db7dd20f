import { rmSync } from 'node:fs'
import { disturb, judgeFaults, type Tally } from './disturb.ts'
import { drain } from './drain.ts'
import { type Options, readOptions } from './options.ts'
import { startProgress } from './progress.ts'
import { proveGone, proveStored, type Verdict } from './proof/index.ts'
import { scheduleOf } from './schedule.ts'
import { makeDirectory, type Stack, startStack } from './stack.ts'

// Nothing lost, nothing doubled: see HELP in options.ts.

const stopping = new AbortController()
const tell = (line: string) => process.stdout.write(`${line}\n`)

process.exitCode = await main()

/** @returns the exit status: 0 when all that must hold does, 1 when not, 2 when the command line is wrong. */
async function main(): Promise<number> {
  const options = readOptions()
  if (typeof options === 'number') return options
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort(new Error('stopped by a signal')))
  }
  const directory = makeDirectory()
  const holds = await run(options, directory).catch((error: unknown) => {
    if (stopping.signal.aborted) tell('stopped before it was shown')
    else tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return false
  })
  if (holds || stopping.signal.aborted) rmSync(directory, { recursive: true })
  if (stopping.signal.aborted) return 1
  if (holds) {
    tell('nothing lost, nothing doubled')
    return 0
  }
  tell(`it does not hold; repeat it with --seed ${options.seed}; logs and data are in ${directory}`)
  return 1
}

async function run(options: Options, directory: string): Promise<boolean> {
  tell(`seed ${options.seed}, ${options.seconds} s of faults`)
  const stack = await startStack(directory, stopping.signal)
  const verdicts: Verdict[] = []
  try {
    if (!stack.smallDisk) tell('no small disk can be mounted here: the disk is never full')
    report(await disturbAndDrain(options, stack), verdicts)
    await stack.stopSending()
    for (const verdict of await proveStored(stack)) report(verdict, verdicts)
  } finally {
    await stack.stop()
  }
  report(proveGone(directory), verdicts)
  return verdicts.every(({ holds }) => holds)
}

async function disturbAndDrain(options: Options, stack: Stack): Promise<Verdict> {
  const schedule = scheduleOf(options)
  const tally: Tally = new Map()
  const progress = startProgress(stack, tally, tell)
  try {
    await disturb(stack, schedule, tally, stopping.signal)
    tell('no more faults; draining')
    await drain(stack)
    return judgeFaults(stack, schedule, tally)
  } finally {
    await progress.stop()
  }
}

function report(verdict: Verdict, verdicts: Verdict[]): void {
  verdicts.push(verdict)
  tell(`${verdict.holds ? 'holds ' : 'BROKEN'}  ${verdict.what}: ${verdict.figures}`)
}
