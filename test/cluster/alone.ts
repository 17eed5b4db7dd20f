import { tryLock } from '@platen/local'

/**
 * Two that bring clusters up or down at once would undo each other's work. The lock goes with the process, however that ends.
 * @param file outside of what `down` deletes.
 */
export async function alone(file: string, work: () => Promise<void>): Promise<void> {
  const lock = tryLock(file)
  if (!lock) {
    throw new Error(
      'cannot bring clusters up or down: another npm run cluster does it now; wait until it has ended',
    )
  }
  try {
    await work()
  } finally {
    lock.release()
  }
}
