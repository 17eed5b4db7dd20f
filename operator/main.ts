import { setFlagsFromString } from 'node:v8'

// V8 would let the garbage of busy moments pile up to several times of what is in use, and keep the room. These make its
// heap grow slowly: a quarter more CPU time for half of the memory (docs/benchmarks.md).
setFlagsFromString('--heap-growing-percent=20')
setFlagsFromString('--semi-space-growth-factor=1')

// Loading is one such moment, and needs no speed. Not a static import, which would be loaded before the flags are set.
setFlagsFromString('--optimize-for-size')
await import('./run.ts')
setFlagsFromString('--no-optimize-for-size')
