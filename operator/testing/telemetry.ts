import type { Logger, Meter } from '@platen/telemetry'

/** A logger that keeps its lines. */
export function keptLog(): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  const at = (level: string) => (fields: unknown, message?: string) =>
    void lines.push(
      message === undefined
        ? `${level} ${String(fields)}`
        : `${level} ${message} ${JSON.stringify(fields)}`,
    )
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  const logger = {
    ...Object.fromEntries(levels.map(level => [level, at(level)])),
    child: () => logger,
  }
  return { logger: logger as unknown as Logger, lines }
}

/** A meter whose counters can be read: by name, and by their attributes as JSON. */
export function keptCounts(): { meter: Meter; counts: Map<string, number> } {
  const counts = new Map<string, number>()
  const meter = {
    createCounter: (name: string) => ({
      add(value: number, attributes: object) {
        const key = `${name} ${JSON.stringify(attributes)}`
        counts.set(key, (counts.get(key) ?? 0) + value)
      },
    }),
    createHistogram: () => ({ record() {} }),
    createObservableGauge: () => ({ addCallback() {} }),
  }
  return { meter: meter as unknown as Meter, counts }
}
