import { startFleet } from '@platen/test'
import snmp from 'net-snmp'
import { describe, expect, it } from 'vitest'
import type { CredentialSettings } from './credentials.ts'
import { isUnreadable } from './reading/index.ts'
import { openSite, type Site } from './site.ts'
import { v3Agent } from './testing/v3-agent.ts'

const never = new AbortController().signal
const AUTH_PASSWORD = 'the first key is long'
const PRIVACY_PASSWORD = 'the other key is long'

const NO_CREDENTIALS: CredentialSettings = {
  communities: [],
  v3User: undefined,
  v3AuthProtocol: undefined,
  v3AuthPassword: undefined,
  v3PrivacyProtocol: undefined,
  v3PrivacyPassword: undefined,
}

function open(port: number, networks: string[], credentials: Partial<CredentialSettings>) {
  const site = openSite({ ...NO_CREDENTIALS, ...credentials, networks, snmpPort: port })
  return { site, [Symbol.dispose]: site.close }
}

async function swept(site: Site): Promise<string[]> {
  const addresses: string[] = []
  for await (const address of site.sweep(never)) addresses.push(address)
  return addresses.toSorted()
}

const ELSA = {
  v3User: 'elsa',
  v3AuthPassword: AUTH_PASSWORD,
  v3PrivacyPassword: PRIVACY_PASSWORD,
}

/** A printer that answers only to elsa. */
function elsasPrinter(
  auth: 'md5' | 'sha' | 'sha256' | 'sha512',
  priv: 'aes' | 'aes256b' | 'aes256r',
) {
  const user = {
    name: 'elsa',
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols[auth],
    authKey: AUTH_PASSWORD,
    privProtocol: snmp.PrivProtocols[priv],
    privKey: PRIVACY_PASSWORD,
  }
  return v3Agent(user, {
    sysDescr: ['1.3.6.1.2.1.1.1', 'a printer'],
    sysName: ['1.3.6.1.2.1.1.5', 'its-name'],
    prtGeneralSerialNumber: ['1.3.6.1.2.1.43.5.1.1.17.1', 'X0001'],
  })
}

async function hostName(site: Site, address: string): Promise<string | undefined> {
  const result = await site.read(address, never)
  return isUnreadable(result) ? result.code : result.asset.hostName
}

describe('a site', () => {
  it.each([
    { auth: 'sha', priv: 'aes' },
    { auth: 'sha512', priv: 'aes256b' },
    { auth: 'md5', priv: 'aes256r' },
  ] as const)(
    'finds and reads a printer by SNMPv3 with $auth and $priv',
    async ({ auth, priv }) => {
      await using agent = await elsasPrinter(auth, priv)
      const user = { ...ELSA, v3AuthProtocol: auth, v3PrivacyProtocol: priv }
      using opened = open(agent.port, ['127.0.0.1/32'], user)
      expect(await swept(opened.site)).toEqual(['127.0.0.1'])
      expect(await hostName(opened.site, '127.0.0.1')).toBe('its-name')
    },
  )

  it('reads each device by its own credentials, also one that no sweep has found yet', async () => {
    await using agent = await elsasPrinter('sha256', 'aes')
    await using fleet = await startFleet({ devices: 1, port: agent.port, community: 'blue' })
    const address = fleet.addresses[0] ?? ''
    const communities = ['green', 'blue']
    const credentials = { ...ELSA, v3AuthProtocol: 'sha256' as const, communities }
    using opened = open(agent.port, ['127.0.0.1/32', ...fleet.networks], credentials)
    const names = ['127.0.0.1', address].map(one => hostName(opened.site, one))
    expect(await Promise.all(names)).toEqual(['its-name', fleet.devices[0]?.device.hostName])
  })

  it('tells a device that refuses all its credentials from one that is not there', async () => {
    await using agent = await elsasPrinter('sha256', 'aes')
    using opened = open(agent.port, ['127.0.0.1/32'], { ...ELSA, v3User: 'olaf' })
    expect(await hostName(opened.site, '127.0.0.1')).toBe('unreadable')
  })

  it('asks nothing outside its networks, though it was known before', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const [address = ''] = fleet.addresses
    using opened = open(fleet.port, ['127.67.0.0/24'], { communities: ['public'] })
    expect(await hostName(opened.site, address)).toBe('unreachable')
  })

  it.each([
    { networks: [], says: 'PLATEN_NETWORKS is empty' },
    { networks: ['192.168.1'], says: 'cannot use the network "192.168.1"' },
  ])('refuses the networks $networks', ({ networks, says }) => {
    expect(() => open(161, networks, { communities: ['public'] })).toThrow(says)
  })
})
