export { createSender, type Sender, type SenderOptions } from './sender.ts'
export { createTrouble, type Trouble } from './trouble.ts'
