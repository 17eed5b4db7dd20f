import { expect, it } from 'vitest'
import { bytes, bytesOf, cpu, milliCpu } from './quantity.ts'

// As resource.Quantity of k8s.io/apimachinery prints them.
it.each([
  { name: 'thousandths', why: 'a whole core is no thousandths', given: '1000m', want: '1' },
  { name: 'thousandths', why: 'what is not whole stays', given: '1500m', want: '1500m' },
  { name: 'cores', why: 'a thousand has a unit of its own', given: '5000', want: '5k' },
])('CPU $given is written as $want: $why', ({ given, want }) => {
  expect(cpu(milliCpu(given))).toBe(want)
})

it.each([
  { given: '1024Mi', want: '1Gi', why: 'the largest unit that leaves a whole number' },
  { given: '1536Mi', want: '1536Mi', why: '1.5 is not whole' },
  { given: '1024Gi', want: '1Ti', why: 'also for volumes' },
  { given: '2048Ti', want: '2Pi', why: 'there is always a larger one' },
  { given: '25G', want: '24414063Ki', why: 'a decimal one is not made smaller' },
  { given: '1Ki', want: '1Ki', why: 'the smallest unit' },
])('memory $given is written as $want: $why', ({ given, want }) => {
  expect(bytes(bytesOf(given))).toBe(want)
})

it('refuses what the CRDs refuse, and says what to give', () => {
  expect(() => bytesOf('1.5Gi')).toThrow(
    'cannot use "1.5Gi" as a quantity; give mebibytes or gibibytes such as 512Mi or 20Gi',
  )
  expect(() => milliCpu('0.5')).toThrow('cannot use "0.5" as a quantity')
})
