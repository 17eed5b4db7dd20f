import { performance } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'

/** What every process says about itself, by the semantic conventions for process and Node.js runtime metrics. */
export function observeProcess(meter: Meter): void {
  meter
    .createObservableCounter('process.cpu.time', { unit: 's', description: 'CPU seconds' })
    .addCallback(result => {
      const { user, system } = process.cpuUsage()
      result.observe(user / 1e6, { 'cpu.mode': 'user' })
      result.observe(system / 1e6, { 'cpu.mode': 'system' })
    })
  meter
    .createObservableUpDownCounter('process.memory.usage', {
      unit: 'By',
      description: 'The amount of physical memory in use',
    })
    .addCallback(result => result.observe(process.memoryUsage.rss()))
  meter
    .createObservableGauge('nodejs.eventloop.utilization', {
      unit: '1',
      description: 'Event loop utilization since start',
    })
    .addCallback(result => result.observe(performance.eventLoopUtilization().utilization))
}
