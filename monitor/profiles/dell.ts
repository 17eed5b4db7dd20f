import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.674.10898.100.2.1.2.1' // Lexmark's leaves under Dell's number, in printers that Lexmark built

export const dell: Profile = {
  make: 'Dell',
  deviceId: { oid: `${P}.3.1`, grade: 'A' },
  serial: [{ oid: `${P}.6.1`, grade: 'A' }],
  firmware: [{ oid: `${P}.4.1`, grade: 'A' }],
}
