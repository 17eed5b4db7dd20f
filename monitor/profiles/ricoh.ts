import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.367.3.2.1' // Ricoh private MIB, also in Lanier, Savin, Gestetner, NRG, Nashuatec and Infotec

export const ricoh: Profile = {
  make: 'Ricoh',
  deviceId: { oid: `${P}.1.1.11.0`, grade: 'B' },
  model: [{ oid: `${P}.1.1.1.0`, grade: 'B' }],
  serial: [{ oid: `${P}.2.1.4.0`, grade: 'B' }],
  firmware: [{ oid: `${P}.1.1.2.0`, grade: 'B' }],
}
