import type { Meter } from '@platen/telemetry'
import type { Entrance } from './runtime.ts'

/** What the agent knows of itself and of HAProxy. No label ever names a tenant or an address. */
export interface EdgeMetrics {
  routes(counts: { routed: number; unresolved: number }): void
  /** Whether the routes file is one that can be applied. */
  file(isValid: boolean): void
  /** HAProxy's map has just become equal to the routes. */
  applied(): void
  ended(sessions: number): void
  entrances(entrances: Entrance[]): void
}

export function createMetrics(meter: Meter): EdgeMetrics {
  const state = { routed: 0, unresolved: 0, isValid: false, appliedAt: 0 }
  let ways: Entrance[] = []
  meter
    .createObservableGauge('platen.edge.routes', {
      unit: '{route}',
      description:
        'Routes by state: routed, unresolved (neither Service of the tenant has an address)',
    })
    .addCallback(result => {
      result.observe(state.routed, { state: 'routed' })
      result.observe(state.unresolved, { state: 'unresolved' })
    })
  meter
    .createObservableGauge('platen.edge.routes.valid', {
      unit: '1',
      description: '0 while the routes file is refused and the routes before it are kept',
    })
    .addCallback(result => result.observe(state.isValid ? 1 : 0))
  meter
    .createObservableGauge('platen.edge.routes.applied', {
      unit: 's',
      description: 'When the map in HAProxy was last changed, in seconds since 1970',
    })
    .addCallback(result => result.observe(state.appliedAt))
  const ended = meter.createCounter('platen.edge.sessions.ended', {
    unit: '{connection}',
    description: 'Connections that were ended because their route is gone',
  })
  meter
    .createObservableGauge('platen.edge.connections', {
      unit: '{connection}',
      description: 'Connections by entrance: tls, xmpp',
    })
    .addCallback(result => {
      for (const { name, connections } of ways) result.observe(connections, { entrance: name })
    })
  meter
    .createObservableCounter('platen.edge.refused', {
      unit: '{connection}',
      description:
        'Connections without a known name in time, or too many from one source, by entrance',
    })
    .addCallback(result => {
      for (const { name, refused } of ways) result.observe(refused, { entrance: name })
    })

  return {
    routes: counts => void Object.assign(state, counts),
    file(isValid) {
      state.isValid = isValid
    },
    applied() {
      state.appliedAt = Math.floor(Date.now() / 1000)
    },
    ended: sessions => ended.add(sessions),
    entrances(entrances) {
      ways = entrances
    },
  }
}
