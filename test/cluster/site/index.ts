export { type MonitorOptions, monitorValues } from './monitor-values.ts'
export { type PrintersOptions, printers } from './printers.ts'
