import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB (10^6 bytes), from /proc (Linux). */
export interface Memory {
  now: number
  /** The most it ever had. */
  peak: number
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { now: field(status, 'VmRSS'), peak: field(status, 'VmHWM') }
}

function field(status: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`cannot read ${name} of /proc`)
  return (Number(kibibytes) * 1024) / 1e6
}
