import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where bases and archives are kept from run to run. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'platen', 'images')
}
