import { setFlagsFromString } from 'node:v8'

// Without these V8 lets the garbage of busy moments pile up to several times of what is in use, and keeps the room: at
// 1,000 tenants twice the memory (docs/benchmarks.md).
setFlagsFromString('--optimize-for-size')
setFlagsFromString('--semi-space-growth-factor=1')

// Not a static import, which would be loaded before the flags are set.
await import('./run.ts')
