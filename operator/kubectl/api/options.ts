import type { Option } from '../command.ts'

export const EDGE_OPTION: Record<string, Option> = {
  edge: {
    value: 'HOST[:PORT]',
    help: "where the region's edge is reached, instead of what the name service says of the tenant's host",
  },
}
