import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.2001.1.1.1.1.11.1.10' // OKI private MIB

export const oki: Profile = {
  make: 'OKI',
  model: [{ oid: `${P}.25.0`, grade: 'C' }],
  serial: [{ oid: `${P}.45.0`, grade: 'C' }],
}
