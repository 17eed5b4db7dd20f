import type { World } from '../command.ts'
import type { Changed, Target } from './target.ts'

/** Sets the annotation, or takes it away. @throws Refusal */
export async function annotate(
  { management }: World,
  { kind, name }: Target,
  annotation: string,
  value: string | null,
): Promise<Changed> {
  const metadata = { annotations: { [annotation]: value } }
  return await management.patch<Changed>(kind, name, { metadata })
}

/** A value that was never there before: what was done for one value is not done again for it. */
export function newRequest(now: Date): string {
  return now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '')
}
