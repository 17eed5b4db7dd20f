/** What both kinds of load say of what they have done so far. */
export interface Count {
  /** Milliseconds of the process's own clock. */
  at: number
  /** IQs answered, and for reports what was in them; bytes of their XML. */
  stanzas: number
  reports: number
  bytes: number
}

/** How both kinds of load are driven. */
export interface LoadCommands {
  /** The first so many clients send from now on, as fast as their windows let them. */
  begin(clients: number): void
  count(): Count
  /** Nothing more is sent; resolves when everything sent is answered. */
  end(): Promise<void>
}

/** Where clients log in. */
export interface Server {
  port: number
  domain: string
  /** PEM file to trust. */
  caFile: string
}

/** Account of the client with that number. */
export function accountOf(client: number): { name: string; password: string } {
  return { name: `bench-${client}`, password: `bench-${client}-password` }
}

/** An IQ as the sender writes it. */
export function iqOf(component: string, id: string, payload: string): string {
  return `<iq type="set" to="${component}" id="${id}">${payload}</iq>`
}
