interface AmountCase {
  name: string
  why: string
  level?: number
  levelKind?: 'some' | 'unlimited'
  capacity?: number
  unit?: string
  want: number | null
}

const CASES: AmountCase[] = [
  { name: 'half', why: 'level over capacity', level: 50, capacity: 100, want: 50 },
  { name: 'a third', why: 'a tenth of a percent is enough', level: 1, capacity: 3, want: 33.3 },
  { name: 'empty', why: '0 is a known amount', level: 0, capacity: 7000, want: 0 },
  { name: 'full', why: 'level is capacity', level: 7000, capacity: 7000, want: 100 },
  {
    name: 'some left',
    why: '-3 is an unknown amount',
    levelKind: 'some',
    capacity: 100,
    want: null,
  },
  { name: 'no limit', why: '-1 is no amount', levelKind: 'unlimited', capacity: 100, want: null },
  { name: 'silence', why: 'unknown is not 0', capacity: 100, want: null },
  { name: 'no capacity', why: 'grams of an unknown whole', level: 40, want: null },
  { name: 'percent', why: 'percent(19) is its own whole', unit: 'percent', level: 40, want: 40 },
  {
    name: 'percent of 200',
    why: 'a capacity that is given counts',
    unit: 'percent',
    level: 40,
    capacity: 200,
    want: 20,
  },
  { name: 'percent over 100', why: 'more than the whole', unit: 'percent', level: 140, want: null },
  { name: 'capacity 0', why: '0 divides nothing', level: 0, capacity: 0, want: null },
  { name: 'overfull', why: 'level or capacity is wrong', level: 120, capacity: 100, want: null },
  {
    name: 'largest',
    why: '2^53 - 1 is exact',
    level: 2 ** 53 - 1,
    capacity: 2 ** 53 - 1,
    want: 100,
  },
]

/** Every kind of supply level, and the percentage that follows from it. */
export const AMOUNTS = CASES.map(({ name, why, want, level, capacity, unit, levelKind }) => ({
  name,
  why,
  want,
  amount: {
    unit: unit ?? 'tenthsOfGrams',
    level: level ?? null,
    capacity: capacity ?? null,
    levelKind: levelKind ?? null,
  },
}))
