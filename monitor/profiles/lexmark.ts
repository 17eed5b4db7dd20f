import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.641.2.1.2.1' // Lexmark MPS MIB, prtgenTable

export const lexmark: Profile = {
  make: 'Lexmark',
  deviceId: { oid: `${P}.3.1`, grade: 'A' },
  model: [{ oid: `${P}.2.1`, grade: 'A' }],
  serial: [{ oid: `${P}.6.1`, grade: 'A' }],
  firmware: [{ oid: `${P}.4.1`, grade: 'A' }],
}
