import snmp, { type User } from 'net-snmp'

/** How an agent knows us. Communities and keys never go into logs, metrics or errors. */
export type Credentials = CommunityCredentials | UserCredentials

/** SNMPv1 or v2c. With v2c, an agent that answers only v1 is asked by v1. */
export interface CommunityCredentials {
  version: 'v1' | 'v2c'
  community: string
}

/** SNMPv3, User-based Security Model (RFC 3414); privacy needs authentication. */
export interface UserCredentials {
  version: 'v3'
  user: string
  auth?: { protocol: AuthProtocol; key: string }
  priv?: { protocol: PrivProtocol; key: string }
}

export type AuthProtocol = 'md5' | 'sha' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
export type PrivProtocol = 'des' | 'aes' | 'aes256b' | 'aes256r'

/** The user in the library's words. Throws when there is a privacy key without an authentication key. */
export function libraryUser({ user, auth, priv }: UserCredentials): User {
  const { noAuthNoPriv, authNoPriv, authPriv } = snmp.SecurityLevel
  if (!auth) {
    if (priv) throw new Error('cannot use privacy without authentication: RFC 3414; give both keys')
    return { name: user, level: noAuthNoPriv }
  }
  const known = {
    name: user,
    authProtocol: snmp.AuthProtocols[auth.protocol],
    authKey: auth.key,
  }
  if (!priv) return { ...known, level: authNoPriv }
  return {
    ...known,
    level: authPriv,
    privProtocol: snmp.PrivProtocols[priv.protocol],
    privKey: priv.key,
  }
}
