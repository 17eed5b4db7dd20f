import { setFlagsFromString } from 'node:v8'

// V8 would let the garbage of busy moments pile up to several times of what is in use, and keep the room: with these it
// takes half of the memory, for a third more CPU time (docs/benchmarks.md).
setFlagsFromString('--optimize-for-size')
setFlagsFromString('--semi-space-growth-factor=1')

// Not a static import, which would be loaded before the flags are set.
await import('./run.ts')
