export { type EdgeSettings, SETTINGS } from './settings.ts'
