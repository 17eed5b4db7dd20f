import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second of /proc; Linux shows 100 on every machine, whatever the kernel's own. */
const TICKS = 100

/**
 * CPU seconds that a process and its children have used so far, from /proc (Linux).
 * @see proc_pid_stat(5)
 */
export function cpuSeconds(pid: number): number {
  const children = readdirSync('/proc')
    .map(name => statOf(name))
    .filter(stat => stat?.parent === pid)
  return [statOf(String(pid)), ...children].reduce((sum, stat) => sum + (stat?.seconds ?? 0), 0)
}

/** Undefined: no such process, or it has just ended. */
function statOf(pid: string): { parent: number; seconds: number } | undefined {
  if (!/^\d+$/.test(pid)) return undefined
  try {
    // The second field, the command, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    return {
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    }
  } catch {
    return undefined
  }
}
