import { startProcess, type TestProcess } from '../../support/process.ts'

export interface OperatorStart {
  /** Of another build. */
  main?: string
  env?: Record<string, string>
}

/** The operator's process, and the one after it. */
export interface Operators {
  /** The one that was started last. */
  operator(): TestProcess
  /** The same; undefined where a test starts its own. */
  latest(): TestProcess | undefined
  /** Answers when it leads; ends the one before. */
  startOperator(options?: OperatorStart): Promise<TestProcess>
  /** In good order, as a rollout of its Deployment does. */
  stopOperator(): Promise<void>
}

export function createOperators(environment: Record<string, string>): Operators {
  let current: TestProcess | undefined

  async function stopOperator(): Promise<void> {
    current?.kill('SIGTERM')
    await current?.exited
  }
  return {
    operator() {
      if (!current) throw new Error('no operator was started')
      return current
    },
    latest: () => current,
    async startOperator({ main = 'operator/main.ts', env = {} } = {}) {
      await stopOperator()
      current = startProcess(main, { ...environment, ...env })
      await leads(current)
      return current
    },
    stopOperator,
  }
}

async function leads(operator: TestProcess): Promise<void> {
  const ended = operator.exited.then(status => {
    throw new Error(`the operator ended with ${status}: ${JSON.stringify(operator.log)}`)
  })
  await Promise.race([operator.logged(/^leads$/, 60), ended])
}
