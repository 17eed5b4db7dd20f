import type { Profile } from './profile.ts'

const P = '1.3.6.1.4.1.253.8' // Xerox private MIB

export const xerox: Profile = {
  make: 'Xerox',
  deviceId: { oid: `${P}.51.1.2.1.20.1`, grade: 'B' },
  serial: [{ oid: `${P}.53.3.2.1.3.1`, grade: 'B' }],
}
