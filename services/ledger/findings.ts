/** What can be found, and whether it speaks against the ledger (`error`) or has to be known (`notice`). */
export const KINDS = {
  malformed: 'error',
  foreign: 'error',
  'unknown-key': 'error',
  'wrong-signature': 'error',
  forked: 'error',
  repeated: 'error',
  reordered: 'error',
  missing: 'error',
  'begins-later': 'error',
  'broken-chain': 'error',
  'time-backwards': 'error',
  'head-not-found': 'error',
  empty: 'error',
  'declared-missing': 'notice',
  'started-again': 'notice',
  part: 'notice',
  'beyond-head': 'notice',
  'key-changed': 'notice',
  'clock-set-back': 'notice',
  silence: 'notice',
} as const

export type FindingKind = keyof typeof KINDS

export interface Finding {
  kind: FindingKind
  severity: 'error' | 'notice'
  /** Of the file, from 1; 0: the whole. */
  line: number
  /** A sentence. */
  message: string
}

export function finding(kind: FindingKind, line: number, message: string): Finding {
  return { kind, severity: KINDS[kind], line, message }
}
