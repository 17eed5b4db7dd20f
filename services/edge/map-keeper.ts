import { type HostMap, isSame, readMap, writeMap } from './map.ts'
import type { Runtime } from './runtime.ts'

export interface MapKeeper {
  /** The map as it was last written, also by a process before this one. */
  current(): Promise<HostMap>
  /**
   * Brings the map to the file and to HAProxy; true when HAProxy had another.
   * @throws when HAProxy cannot be asked or does not take it
   */
  keep(map: HostMap): Promise<boolean>
}

/** Calls until the whole map is compared, not just its version. */
const COMPARE_EVERY = 60

export function createMapKeeper(runtime: Runtime, mapFile: string): MapKeeper {
  let written: HostMap | undefined
  /** Of HAProxy's map when it was found equal to `written`. */
  let version: string | undefined
  let calls = 0

  const current = async () => {
    written ??= await readMap(mapFile)
    return written
  }

  /** HAProxy's map has another version as soon as it was changed, and mostly when HAProxy started anew. */
  async function isUntouched(): Promise<boolean> {
    calls += 1
    if (version === undefined || calls % COMPARE_EVERY === 0) return false
    return version === (await runtime.mapVersion())
  }

  async function replace(map: HostMap): Promise<boolean> {
    if (isSame(map, await runtime.map())) return false
    await runtime.replaceMap(map)
    if (isSame(map, await runtime.map())) return true
    throw new Error('cannot change the map in HAProxy: it took something else')
  }

  return {
    current,
    async keep(map) {
      if (!isSame(await current(), map)) {
        // First the file: were HAProxy to start now, it would load what it is about to be told.
        await writeMap(mapFile, map)
        written = map
        version = undefined
      }
      if (await isUntouched()) return false
      version = undefined
      const isChanged = await replace(map)
      version = await runtime.mapVersion()
      return isChanged
    },
  }
}
