export { type BackoffRange, backoff, pause } from './backoff.ts'
export {
  type ConnectionHandlers,
  type ConnectionTimes,
  type Link,
  stayConnected,
  TIMES,
} from './connection.ts'
export { explain, XmppError } from './error.ts'
export { login, type Session, type XmppOptions } from './login.ts'
export { childElements, childOf, textOf } from './stream.ts'
