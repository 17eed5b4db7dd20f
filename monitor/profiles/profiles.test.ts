import { describe, expect, it } from 'vitest'
import { isOid } from '../snmp/oid.ts'
import { MAKES, PROFILES, profileOf } from './index.ts'

describe('profiles', () => {
  it.each(PROFILES)('of $make: a known make, instances below enterprises', profile => {
    expect(MAKES.map(({ name }) => name)).toContain(profile.make)
    const mappings = [
      ...(profile.deviceId ? [profile.deviceId] : []),
      ...(profile.model ?? []),
      ...(profile.serial ?? []),
      ...(profile.firmware ?? []),
    ]
    expect(mappings.length).toBeGreaterThan(0)
    for (const { oid } of mappings) {
      expect(isOid(oid)).toBe(true)
      expect(oid).toMatch(/^1\.3\.6\.1\.4\.1\.\d+\./)
    }
  })

  it('are one for each make', () => {
    expect(new Set(PROFILES.map(({ make }) => make)).size).toBe(PROFILES.length)
  })
})

describe('makes', () => {
  it('share no word and no number, so that one thing names one make', () => {
    const words = MAKES.flatMap(make => make.words.map(word => word.toLowerCase()))
    const numbers = MAKES.flatMap(make => make.printers ?? [])
    expect(new Set(words).size).toBe(words.length)
    expect(new Set(numbers).size).toBe(numbers.length)
    for (const number of numbers) expect(isOid(number)).toBe(true)
  })

  it('built by another are read as that one’s', () => {
    const utax = MAKES.find(({ name }) => name === 'UTAX')
    expect(profileOf(utax)?.make).toBe('Kyocera')
    for (const { builtBy } of MAKES) {
      if (builtBy) expect(MAKES.map(({ name }) => name)).toContain(builtBy)
    }
  })
})
