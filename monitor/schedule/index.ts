export { createPoll, type Poll, type PollOptions } from './poll.ts'
export { createRegistry, type Device, type Registry } from './registry.ts'
export { runSchedule, type ScheduleOptions } from './schedule.ts'
