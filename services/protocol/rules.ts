import { CodecError } from './error.ts'
import { SECTIONS } from './format.ts'
import type { Report } from './report.ts'

/**
 * What holds between the parts of a report: it is about a device, or it is the monitor's own and then holds `monitor`
 * and nothing else.
 *
 * @throws {CodecError} naming the part that does not belong.
 */
export function checkParts(deed: 'decode' | 'encode', report: Report): void {
  const isOwn = report.device === undefined
  if (isOwn && report.monitor === undefined) {
    throw new CodecError(deed, 'report/@device', 'it is required in a report without monitor')
  }
  for (const { name } of SECTIONS) {
    if (report[name] === undefined || (name === 'monitor') === isOwn) continue
    const why = isOwn
      ? 'its report needs the attribute device'
      : 'its report must not name a device'
    throw new CodecError(deed, `report/${name}`, why)
  }
}
