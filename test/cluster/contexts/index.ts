import { ADMIN, kubeconfigFile } from '../../kubernetes/access.ts'
import { alone } from '../alone.ts'
import type { Command } from '../options.ts'
import { downInContexts } from './down.ts'
import { contextsLock, folderOf, rememberedContexts } from './state.ts'
import { statusInContexts } from './status.ts'
import { upInContexts } from './up.ts'

type Say = (line: string) => void

/** Whether a command is about clusters of contexts: it names them, or an earlier one did and nothing has ended that. */
export function isOfContexts(command: Command): boolean {
  if (command.name === 'help') return false
  if (command.name === 'up' && command.contexts) return true
  return rememberedContexts() !== undefined
}

export async function runInContexts(command: Command, say: Say): Promise<void> {
  const known = rememberedContexts()?.join(' and ') ?? ''
  switch (command.name) {
    case 'up': {
      const { contexts, registry } = command
      if (!contexts) {
        throw new Error(
          `cannot make clusters: the platform is in the contexts ${known}; run npm run cluster -- down first`,
        )
      }
      return await alone(contextsLock(), async () =>
        say(await upInContexts({ contexts, registry }, say)),
      )
    }
    case 'down':
      return await alone(contextsLock(), () => downInContexts(say))
    case 'status':
      return await statusInContexts(known, say)
    case 'kubeconfig':
      return say(kubeconfigFile(folderOf(command.cluster), ADMIN.user))
    case 'logs':
      throw new Error(
        `cannot show logs of ${command.cluster.name}: its node is not of this machine; ask kubectl logs there`,
      )
  }
}
