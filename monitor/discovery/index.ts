export { type Network, parseNetwork } from './networks.ts'
export { type Found, type Progress, type Sweep, sweep } from './sweep.ts'
