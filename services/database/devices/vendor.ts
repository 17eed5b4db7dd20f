/** Names by which one vendor goes, in normal form, and the one we take. Longer names stand before their beginnings. */
const VENDORS: readonly (readonly [name: string, vendor: string])[] = [
  ['hewlett packard', 'hp'],
  ['hewlettpackard', 'hp'],
  ['fuji xerox', 'fujifilm'],
  ['fujifilm', 'fujifilm'],
  ['konicaminolta', 'konica minolta'],
  ['seiko epson', 'epson'],
  ['oki data', 'oki'],
  ['okidata', 'oki'],
  ['triumph adler', 'ta'],
  ['ta triumph adler', 'ta'],
]

/** Legal forms, and what companies add to their brand. */
const NOISE =
  /\b(incorporated|inc|corporation|corp|company|co|limited|ltd|gmbh|ag|kg|sa|nv|bv|plc|llc|kk|international|industries|electronics|technologies|technology|holdings|group|document solutions|business innovation|business machines|tec|mita)\b/g

/**
 * One name for each vendor, however a device writes it: "Hewlett-Packard Co." and "HP" are "hp". Empty if the text
 * names nobody.
 */
export function vendorOf(make: string): string {
  const plain = make
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\./g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  const known = VENDORS.find(([name]) => plain === name || plain.startsWith(`${name} `))
  if (known) return known[1]
  const brand = plain.replace(NOISE, ' ').replace(/ +/g, ' ').trim()
  return [...(brand || plain)].slice(0, LONGEST).join('')
}

/** In characters: as part of an identity it must leave room in an index entry (2.7 KB) for the rest. */
const LONGEST = 64
