import type { Grade } from '@platen/protocol'

/** One object of a vendor's own MIB, and how well its meaning is founded. */
export interface Mapping {
  /** Instance, dotted. */
  oid: string
  grade: Grade
}

/**
 * What a vendor's printers are asked beyond the standard MIBs: data only. Of several mappings for one thing, the first
 * that is answered counts.
 */
export interface Profile {
  /** As in makes.ts. */
  make: string
  /** The IEEE 1284 device id, asked of every device: it is what tells the vendor when sysObjectID does not. */
  deviceId?: Mapping
  model?: Mapping[]
  serial?: Mapping[]
  firmware?: Mapping[]
}
