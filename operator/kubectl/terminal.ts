import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'

export type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold'

const CODES: Record<Colour, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
}

/** Where a command speaks: results to standard output, everything else to standard error. */
export interface Terminal {
  /** A result, whole lines. */
  print(text: string): void
  /** What goes on. */
  tell(line: string): void
  /** What goes on now, in place of what was said so last; said once where nobody watches. */
  progress(line: string): void
  paint(colour: Colour, text: string): string
  /** Undefined: nobody is there to answer. */
  ask(question: string): Promise<string | undefined>
}

export function createTerminal(signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr } = process
  const isColoured = stdout.isTTY && !process.env.NO_COLOR
  let last = ''
  function clear(): void {
    if (last !== '' && stderr.isTTY) stderr.write('\r\x1b[K')
    last = ''
  }
  return {
    print(text) {
      clear()
      stdout.write(`${text}\n`)
    },
    tell(line) {
      clear()
      stderr.write(`${line}\n`)
    },
    progress(line) {
      if (line === last) return
      if (stderr.isTTY) stderr.write(`\r\x1b[K${line.slice(0, Math.max(stderr.columns - 1, 20))}`)
      else stderr.write(`${line}\n`)
      last = line
    },
    paint(colour, text) {
      const [on, off] = CODES[colour]
      return isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text
    },
    async ask(question) {
      if (!stdin.isTTY) return undefined
      clear()
      const lines = createInterface({ input: stdin, output: stderr })
      // It takes Ctrl-C for itself. By Ctrl-D it leaves the question open for ever, or throws, as its version has it.
      lines.once('SIGINT', () => void process.emit('SIGINT', 'SIGINT'))
      const closed = once(lines, 'close').then(() => undefined)
      try {
        return await Promise.race([lines.question(question, { signal }), closed])
      } catch (error) {
        if (signal.aborted) throw error
        return undefined
      } finally {
        lines.close()
      }
    },
  }
}
