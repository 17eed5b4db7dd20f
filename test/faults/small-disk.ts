import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Child, startChild } from '@platen/local'
import { until } from './until.ts'

/** A disk of a few MiB that a process can be given as a directory. */
export interface SmallDisk {
  /** Where the disk is, for a process that was started through `enter`. */
  directory: string
  /** The same for this process. */
  seenFromHere: string
  /** What stands before the command line of a process that is to see it. */
  enter: string[]
  /** Takes all the room that is left, or gives it back. */
  setFull(isFull: boolean): void
  stop(): Promise<void>
}

const SIZE = '24m'

/**
 * Mounts a tmpfs in a mount namespace of its own: nobody else sees it, and it is gone with the process that holds the
 * namespace. Undefined where that is not allowed (it needs root).
 */
export async function mountSmallDisk(directory: string): Promise<SmallDisk | undefined> {
  mkdirSync(directory, { recursive: true })
  const holder = await hold(directory).catch(() => undefined)
  if (!holder) return undefined
  const seenFromHere = join(`/proc/${holder.pid}/root`, directory)
  const ready = join(seenFromHere, 'ready')
  let hasEnded = false
  void holder.exited.then(() => {
    hasEnded = true
  })
  await until('the small disk is mounted', () => existsSync(ready) || hasEnded || undefined)
  if (hasEnded) return undefined
  const ballast = join(seenFromHere, 'ballast')
  return {
    directory,
    seenFromHere,
    enter: ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--wd=.', '--'],
    setFull: isFull => (isFull ? fill(ballast) : rmSync(ballast, { force: true })),
    stop: () => holder.stop(),
  }
}

function hold(directory: string): Promise<Child> {
  const script = `mount -t tmpfs -o size=${SIZE} none "$1" && : > "$1/ready" && exec sleep infinity`
  return startChild({
    name: 'small disk',
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', directory],
    logFile: `${directory}.log`,
    cwd: dirname(directory),
  })
}

function fill(file: string): void {
  const descriptor = openSync(file, 'a')
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) writeAll(descriptor, size)
  } finally {
    closeSync(descriptor)
  }
}

/** Until the disk takes no more of this size. */
function writeAll(descriptor: number, size: number): void {
  const chunk = Buffer.alloc(size)
  try {
    while (writeSync(descriptor, chunk) === size);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}
