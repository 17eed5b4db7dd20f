/** The part of @xmpp/component-core 0.13 that the ingest uses; the package has no types. */
declare module '@xmpp/component-core' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'

  /** An ltx element. */
  export interface Element {
    name: string
    attrs: Record<string, string>
    children: (Element | string)[]
  }

  /**
   * One connection of a component (XEP-0114). Emits `stanza` (Element), `error` (Error), `close` (the peer closed the
   * stream), `disconnect` (the socket has closed).
   */
  export class Component extends EventEmitter {
    constructor(options: { service: string; domain: string })
    /** Null before `connect` and after `disconnect`. */
    socket: Socket | null
    /** Milliseconds that the handshake may take. */
    timeout: number
    connect(service: string): Promise<void>
    /** Sends the stream header; resolves with the server's. */
    open(options: { domain: string; timeout: number }): Promise<Element>
    authenticate(streamId: string, secret: string): Promise<void>
    write(text: string): Promise<void>
  }
}
