import { readFileSync } from 'node:fs'

export type Environment = Readonly<Record<string, string | undefined>>

/** One environment variable and its meaning. An empty variable counts as not set. */
export interface Setting<T> {
  name: string
  /** Throws an Error whose message says what to give instead. */
  parse(value: string): T
  /** What holds when the variable is not set; absent: it must be set. */
  otherwise?: () => T
  /** It may stand in a file that the variable NAME_FILE names, as container platforms hand out secrets. */
  isSecret?: boolean
}

/** The settings of a process: each property with the variable it comes from. */
export type Settings<T> = { [K in keyof T]: Setting<T[K]> }

/** All that is wrong with a process's settings, in one sentence. A process that meets it exits with status 2. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/**
 * Reads typed settings, e.g. `readSettings(env, { port: integer('PLATEN_API_PORT', { default: 0 }) })`. Throws one
 * SettingsError that names every variable that is missing or wrong.
 */
export function readSettings<T extends object>(env: Environment, settings: Settings<T>): T {
  const values: Partial<T> = {}
  const problems: string[] = []
  for (const key in settings) {
    try {
      values[key] = readSetting(env, settings[key])
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  if (problems.length > 0) throw new SettingsError(problems.join('; '))
  return values as T // Complete: the loop has visited every key without a problem.
}

function readSetting<T>(env: Environment, setting: Setting<T>): T {
  const value = setting.isSecret ? secretValue(env, setting.name) : env[setting.name]
  if (value) return setting.parse(value)
  if (setting.otherwise) return setting.otherwise()
  throw new Error(`${setting.name} is not set`)
}

function secretValue(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`]
  if (!file) return env[name]
  if (env[name]) throw new Error(`${name} and ${name}_FILE are both set; set one of them`)
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new Error(`${name}_FILE cannot be read (${code})`)
  }
}

/** Any text. */
export function text(name: string, options: { default?: string } = {}): Setting<string> {
  return { name, parse: value => value, ...fallback(options) }
}

/** Text that nobody should see, also by way of a file: NAME or NAME_FILE. */
export function secret(name: string): Setting<string> {
  return { ...text(name), isSecret: true }
}

/** A whole number within bounds, both of which are allowed. */
export function integer(
  name: string,
  options: { default?: number; min?: number; max?: number } = {},
): Setting<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options
  return {
    name,
    parse: value => {
      const number = Number(value)
      if (/^-?\d+$/.test(value) && number >= min && number <= max) return number
      throw new Error(`${name} is "${value}"; give a whole number from ${min} to ${max}`)
    },
    ...fallback(options),
  }
}

/** A TCP or UDP port, 1 to 65535; 0 means any free one and must be allowed. */
export function port(
  name: string,
  options: { default?: number; anyFree?: boolean } = {},
): Setting<number> {
  return { ...integer(name, { min: options.anyFree ? 0 : 1, max: 65535 }), ...fallback(options) }
}

/** Words separated by commas; blanks around them don't count. */
export function list(name: string, options: { default?: string[] } = {}): Setting<string[]> {
  return {
    name,
    parse: value =>
      value
        .split(',')
        .map(word => word.trim())
        .filter(word => word !== ''),
    ...fallback(options),
  }
}

/** One of a few words. */
export function choice<T extends string>(
  name: string,
  words: readonly T[],
  options: { default?: T } = {},
): Setting<T> {
  return {
    name,
    parse: value => {
      const word = words.find(word => word === value)
      if (word !== undefined) return word
      throw new Error(`${name} is "${value}"; give one of ${words.join(', ')}`)
    },
    ...fallback(options),
  }
}

/** The same setting, undefined where the variable is not set. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, otherwise: () => undefined }
}

function fallback<T>({ default: value }: { default?: T }): { otherwise?: () => T } {
  return value === undefined ? {} : { otherwise: () => value }
}
