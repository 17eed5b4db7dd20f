/**
 * The only error the codec throws. Its text never repeats a value, because values can be serial numbers or addresses.
 *
 * `path` names the offender as XPath does, e.g. `report/supplies/supply[2]/@level`: rows count from 1.
 */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  readonly path: string

  constructor(deed: 'decode' | 'encode', path: string, why: string) {
    super(`cannot ${deed} ${path}: ${why}`)
    this.path = path
  }
}
