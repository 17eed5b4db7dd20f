import { Extension } from './library.ts'

const OID = '2.5.29.30'
const SEQUENCE = 0x30
/** Context tags of GeneralName (RFC 5280, 4.2.1.6) and of the two lists of NameConstraints. */
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const PERMITTED = 0xa0
const EXCLUDED = 0xa1

/**
 * RFC 5280, 4.2.1.10: below this certificate no name is valid but the domain and what ends in it, and no address at
 * all. Without excluding addresses a certificate for one would be taken.
 */
export function nameConstraints(domain: string): Extension {
  const permitted = [subtree(DNS_NAME, Buffer.from(domain, 'ascii'))]
  // Address and mask: every IPv4, every IPv6.
  const excluded = [subtree(IP_ADDRESS, Buffer.alloc(8)), subtree(IP_ADDRESS, Buffer.alloc(32))]
  const value = der(SEQUENCE, [der(PERMITTED, permitted), der(EXCLUDED, excluded)])
  return new Extension(OID, true, new Uint8Array(value))
}

function subtree(tag: number, name: Buffer): Buffer {
  return der(SEQUENCE, [der(tag, [name])])
}

/** Tag, length, value; a domain has up to 253 bytes, so that lengths of one and two bytes are enough. */
function der(tag: number, parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  if (value.length < 128) return Buffer.concat([Buffer.from([tag, value.length]), value])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([Buffer.from([tag, 0x82]), length, value])
}
