/** What a node's init keeps running. */
export interface Program {
  name: string
  command: string
  args: string[]
  env?: Record<string, string>
}

/** How it goes with one of them. */
export interface ProgramState {
  name: string
  /** Within the node's namespace of processes; absent: it does not run. */
  pid?: number
  /** Whether it is started again when it ends. */
  isWanted: boolean
  /** How often it was started again. */
  restarts: number
  /** How it ended last, in words. */
  ended?: string
}

/** The file that a node's init reads when it starts. */
export interface NodePlan {
  programs: Program[]
  /** A folder of this machine that is the node's /var/log; each program writes to NAME.log in it. */
  logs: string
  /** A Unix socket on which the init is asked and told (control.ts). */
  socket: string
}
