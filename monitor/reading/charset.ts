/**
 * Decoders of TextDecoder for prtLocalizationCharacterSet: MIBenum of the IANA character set registry. Not named here:
 * UTF-8 and ASCII, which are tried first anyway, and HP's Roman-8, which TextDecoder does not know.
 */
const LABELS: Readonly<Record<number, string>> = {
  4: 'iso-8859-1',
  5: 'iso-8859-2',
  6: 'iso-8859-3',
  7: 'iso-8859-4',
  8: 'iso-8859-5',
  9: 'iso-8859-6',
  10: 'iso-8859-7',
  11: 'iso-8859-8',
  12: 'iso-8859-9',
  13: 'iso-8859-10',
  17: 'shift_jis',
  18: 'euc-jp',
  38: 'euc-kr',
  109: 'iso-8859-13',
  110: 'iso-8859-14',
  111: 'iso-8859-15',
  113: 'gbk',
  114: 'gb18030',
  2025: 'gbk',
  2026: 'big5',
  2084: 'koi8-r',
  2250: 'windows-1250',
  2251: 'windows-1251',
  2252: 'windows-1252',
  2253: 'windows-1253',
  2254: 'windows-1254',
  2257: 'windows-1257',
}

const ROMAN8 = 2004
// Octets 0xA0 to 0xFF of hp-roman8 (RFC 1345).
const ROMAN8_HIGH =
  '\u00a0ÀÂÈÊËÎÏ´ˋˆ¨˜ÙÛ₤¯Ýý°ÇçÑñ¡¿¤£¥§ƒ¢âêôûáéóúàèòùäëöüÅîØÆåíøæÄìÖÜÉïßÔÁÃãÐðÍÌÓÒÕõŠšÚŸÿÞþ·µ¶¾—¼½ªº«■»±'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Octets as text. What is valid UTF-8 is taken for it, whatever the device claims: by chance that happens hardly ever.
 * Otherwise by the claimed character set; without a known one, ISO 8859-1.
 */
export function decode(bytes: Uint8Array, charset: number | undefined): string {
  try {
    return utf8.decode(bytes)
  } catch {
    if (charset === ROMAN8) return roman8(bytes)
    return new TextDecoder(LABELS[charset ?? 4] ?? 'iso-8859-1').decode(bytes)
  }
}

function roman8(bytes: Uint8Array): string {
  const high = [...ROMAN8_HIGH]
  return Array.from(bytes, octet => {
    if (octet < 0x80) return String.fromCharCode(octet)
    return high[octet - 0xa0] ?? '\ufffd'
  }).join('')
}
