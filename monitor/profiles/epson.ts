import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.1248.1.2.2' // Epson private MIB

export const epson: Profile = {
  make: 'Epson',
  deviceId: { oid: `${P}.1.1.1.1.1`, grade: 'A' },
  model: [{ oid: `${P}.1.1.1.2.1`, grade: 'A' }],
  serial: [{ oid: `${P}.1.1.1.5.1`, grade: 'A' }],
  // Row 1 of the version table is the printer's own ("Main FW" or "Printer FW").
  firmware: [{ oid: `${P}.2.1.1.2.1.1`, grade: 'A' }],
}
