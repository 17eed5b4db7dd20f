import { builder } from './builder.ts'

export const Knowledge = builder.enumType('AmountKind', {
  description:
    'What is known about an amount, after the special values of the Printer MIB (RFC 3805).',
  values: {
    KNOWN: { description: 'A number.' },
    SOME: { description: 'More than nothing, but how much is not known (-3).' },
    UNLIMITED: { description: 'There is no restriction (-1).' },
    UNKNOWN: { description: 'The device does not say (-2, or no value at all).' },
  } as const,
})
