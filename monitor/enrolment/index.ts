export { openAccount } from './account.ts'
export { chooseWay } from './way.ts'
