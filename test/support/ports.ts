/** For test code of rooms that may not import services/local themselves. */
export { freePorts } from '@platen/local'
