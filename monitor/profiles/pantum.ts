import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.40093' // Pantum private MIB: its instances do not end in .0, and it answers GET only

export const pantum: Profile = {
  make: 'Pantum',
  serial: [
    { oid: `${P}.6.1.2`, grade: 'B' },
    { oid: `${P}.1.1.1.5`, grade: 'B' },
    { oid: `${P}.10.1.1.4`, grade: 'B' },
  ],
  firmware: [{ oid: `${P}.1.1.1.1`, grade: 'B' }],
}
