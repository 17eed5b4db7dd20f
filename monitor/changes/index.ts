export { openIncidents, type ReadFailure, type SeenIncident, withFailure } from './incidents.ts'
export {
  changedSections,
  changeOf,
  DEVICE_SECTIONS,
  type DeviceChange,
  type DeviceSection,
  type DeviceState,
} from './sections.ts'
