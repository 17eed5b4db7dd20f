import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.1602.1' // Canon private MIB

export const canon: Profile = {
  make: 'Canon',
  model: [{ oid: `${P}.1.1.1.0`, grade: 'B' }],
  serial: [
    { oid: `${P}.2.1.8.1.3.1.1`, grade: 'B' },
    { oid: `${P}.2.1.4.0`, grade: 'B' },
  ],
  firmware: [{ oid: `${P}.1.1.4.0`, grade: 'B' }],
}
