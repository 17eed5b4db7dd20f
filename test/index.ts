export { FAULTS, type Fault, SLOW_MS } from './fleet/faults.ts'
export { type Fleet, type FleetOptions, type SimulatedDevice, startFleet } from './fleet/fleet.ts'
