export { createSender, type Sender, type SenderOptions, WINDOW } from './sender.ts'
export { createTrouble, type Trouble } from './trouble.ts'
