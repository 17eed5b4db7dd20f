import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.2435.2.3.9' // Brother private MIB; the grades: two independent projects

export const brother: Profile = {
  make: 'Brother',
  deviceId: { oid: `${P}.1.1.7.0`, grade: 'B' },
  serial: [{ oid: `${P}.4.2.1.5.5.1.0`, grade: 'B' }],
  firmware: [{ oid: `${P}.4.2.1.5.5.17.0`, grade: 'B' }],
  // The device id of a small model may name another one that its driver suits: ask the print server for the name.
  model: [{ oid: '1.3.6.1.4.1.2435.2.4.3.2435.5.13.3.0', grade: 'B' }],
}
