import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.236.11.5.1.1.1' // Samsung private MIB, also in HP Laser 1xx to 4xx

export const samsung: Profile = {
  make: 'Samsung',
  model: [{ oid: `${P}.1.0`, grade: 'B' }],
  serial: [{ oid: `${P}.4.0`, grade: 'B' }],
  firmware: [{ oid: `${P}.2.0`, grade: 'B' }],
}
