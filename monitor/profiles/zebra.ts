import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.10642' // Zebra private MIB

// Old models sit behind a print server with a MIB of its own (683). The serial number there, 683.1.5.0, is the print
// server's and not the printer's, so it is not asked.
export const zebra: Profile = {
  make: 'Zebra',
  deviceId: { oid: `${P}.1.3.0`, grade: 'B' },
  model: [
    { oid: `${P}.200.19.7.0`, grade: 'B' },
    { oid: `${P}.1.1.0`, grade: 'B' },
  ],
  serial: [
    { oid: `${P}.200.19.5.0`, grade: 'B' },
    { oid: `${P}.1.9.0`, grade: 'B' },
  ],
  firmware: [{ oid: `${P}.1.2.0`, grade: 'B' }],
}
