import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const WELCOME = `# Welcome to Platen. Open "Headers" below and put your API token in TOKEN's place:
#
#   {"Authorization": "Bearer TOKEN"}
#
# Then fetch the schema again (the round arrow) to read the documentation, and run this query.

{
  devices(first: 20) {
    nodes {
      make
      model
      serial
      lifeCount
      supplies { description color percentRemaining levelKind }
      openIncidents { severity code description }
    }
  }
}
`

/** The page holds everything itself and may talk to this server only. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ')

export const GRAPHIQL_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-encoding': 'gzip',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cache-control': 'private, max-age=3600',
}

let page: Promise<Buffer> | undefined

/** GraphiQL as one gzipped page of 2 MB, without a content delivery network; made when first asked for. */
export function graphiqlPage(): Promise<Buffer> {
  page ??= render()
  return page
}

async function render(): Promise<Buffer> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL({
    title: 'Platen',
    endpoint: '/graphql',
    defaultQuery: WELCOME,
    headers: JSON.stringify({ Authorization: 'Bearer TOKEN' }, null, 2),
    defaultEditorToolsVisibility: 'headers',
  })
  return promisify(gzip)(html)
}
