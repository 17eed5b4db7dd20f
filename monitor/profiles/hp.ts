import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.11.2.3.9' // HP private MIB

export const hp: Profile = {
  make: 'HP',
  deviceId: { oid: `${P}.1.1.7.0`, grade: 'A' },
  serial: [{ oid: `${P}.4.2.1.1.3.3.0`, grade: 'A' }],
  firmware: [{ oid: `${P}.4.2.1.1.3.6.0`, grade: 'A' }],
}
