import { describe, expect, it } from 'vitest'
import { alertName, isNormal } from './alert-codes.ts'

describe('alert codes', () => {
  it('are those of the registry, which had 781 in 2019', () => {
    const codes = Array.from({ length: 100_000 }, (_, code) => code).filter(code => alertName(code))
    expect(codes).toHaveLength(781)
    expect(new Set(codes.map(alertName)).size).toBe(781)
  })

  it.each([
    { code: 808, name: 'inputMediaSupplyEmpty' },
    { code: 820, name: 'inputMediaTrayPickRollerMissing' },
    { code: 1130, name: 'markerTonerMissing' },
    { code: 1334, name: 'mediaPathPickRollerMissing' },
    { code: 5103, name: 'scannerLightFailure' },
    { code: 6118, name: 'faxModemTrainingFailure' },
    { code: 30203, name: 'staplerCoverOpen' },
    { code: 30212, name: 'staplerAlmostEmpty' },
    { code: 30408, name: 'folderJam' },
    { code: 31515, name: 'makeEnvelopeFull' },
    { code: 31838, name: 'inserterThermistorFailure' },
  ])('$code is $name', ({ code, name }) => {
    expect(alertName(code)).toBe(name)
  })

  it.each([
    { code: 0, why: 'no code' },
    { code: 1508, why: 'a gap in the registry' },
    { code: 30103, why: 'no type of finishing device' },
    { code: 30202, why: 'unknown is no event of a stapler' },
    { code: 30239, why: 'behind the generic codes' },
    { code: 31903, why: 'behind the last type of device' },
    { code: 25006, why: 'a vendor’s own' },
  ])('$code has no name: $why', ({ code }) => {
    expect(alertName(code)).toBeUndefined()
  })

  it('of normal states are the same for a finishing device as for the printer', () => {
    expect([24, 30224, 4, 31804].map(isNormal)).toEqual([true, true, true, true])
    expect([8, 30208, 1104].map(isNormal)).toEqual([false, false, false])
  })

  it('of a vendor are never taken for a normal state, whatever they end in', () => {
    expect([1904, 32024].map(isNormal)).toEqual([false, false])
  })
})
