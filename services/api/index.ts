export { createServer, type ServerParts } from './server.ts'
