import { describe, expect, it } from 'vitest'
import { begun, mostAtOnce, type Said } from './history.ts'

const said = (...lines: string[]): Said[] =>
  lines.map(line => {
    const [tenant = '', reason = ''] = line.split(' ')
    return { tenant, reason }
  })

describe('the history of a rollout', () => {
  it('knows how many moved at once, whatever is told twice', () => {
    const oneByOne = said(
      'a RollingOut',
      'b WaitingForTurn',
      'a RollingOut',
      'a RolledOut',
      'b RollingOut',
    )
    expect(mostAtOnce(oneByOne)).toBe(1)
    expect(mostAtOnce(said('a RollingOut', 'b RollingOut', 'a RolledOut', 'c RollingOut'))).toBe(2)
    expect(mostAtOnce([])).toBe(0)
  })

  it('knows who began, in order, and not who only waited', () => {
    const history = said(
      'b RollingOut',
      'a WaitingForTurn',
      'b RolloutFailed',
      'c RollingOut',
      'b RollingOut',
    )
    expect(begun(history)).toEqual(['b', 'c'])
  })
})
