import type { Profile } from './profile.ts'

// Kyocera private MIB, also in UTAX, Triumph-Adler and Copystar. 1347.47 holds users and documents: it is never read.
const P = '1.3.6.1.4.1.1347.43.5'

export const kyocera: Profile = {
  make: 'Kyocera',
  model: [{ oid: `${P}.1.1.1.1`, grade: 'A' }],
  serial: [{ oid: `${P}.1.1.28.1`, grade: 'A' }],
  firmware: [{ oid: `${P}.4.1.5.1.1`, grade: 'A' }],
}
