/** Which namespace a host belongs to. */
export type Routes = ReadonlyMap<string, string>

const HOST =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Reads what the operator writes: a line `HOST NAMESPACE` a route and, as the last line, `# 2 routes` with their number.
 * @throws an Error that says which line is wrong, or that lines are missing. It names no host.
 */
export function parseRoutes(text: string): Routes {
  const lines = text.split('\n')
  const [end, last] = [lines.pop(), lines.pop()]
  const count = /^# (\d+) routes$/.exec(last ?? '')?.[1]
  if (end !== '' || count === undefined) {
    throw new Error('cannot read the routes: the last line does not say how many there are')
  }
  if (Number(count) !== lines.length) {
    throw new Error(`cannot read the routes: there are ${lines.length}, not ${count}`)
  }
  const routes = new Map<string, string>()
  for (const [index, line] of lines.entries()) {
    const [host = '', namespace = '', ...more] = line.split(' ')
    const isSound = HOST.test(host) && NAMESPACE.test(namespace) && more.length === 0
    if (!isSound || routes.has(host)) {
      throw new Error(`cannot read the routes: line ${index + 1} is no route, or one of before`)
    }
    routes.set(host, namespace)
  }
  return routes
}
