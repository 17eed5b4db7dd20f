export type {
  AuthProtocol,
  CommunityCredentials,
  Credentials,
  PrivProtocol,
  UserCredentials,
} from './credentials.ts'
export { SnmpError, type SnmpErrorCode } from './error.ts'
export { isWithin } from './oid.ts'
export { openSession, type SessionOptions, type SnmpSession } from './session.ts'
export { type Endpoint, openSockets, type SharedSockets } from './sockets.ts'
export type { Rows, SnmpValue } from './value.ts'
export { BOUNDS, type Bounds } from './walk.ts'
