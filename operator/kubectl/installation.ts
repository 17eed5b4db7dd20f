/** What a customer needs to install a monitor. */
export interface Installation {
  /** The tenant's. */
  host: string
  code: string
  /** Of the printers; none: the customer puts them in. */
  networks: readonly string[]
  chart: string
  /** PEM; undefined: a public one. */
  authority: string | undefined
  image?: string
  tag?: string
}

const RELEASE = 'platen-monitor'
const AUTHORITY_FILE = 'platen-ca.pem'

/** For a shell: the region's authority as a file, where it has one of its own, then the chart. */
export function installationScript({ authority, ...installation }: Installation): string {
  const file =
    authority === undefined ? [] : [`cat > ${AUTHORITY_FILE} <<'END'`, authority.trim(), 'END']
  return [...file, helmLine(installation, authority !== undefined)].join('\n')
}

function helmLine(installation: Omit<Installation, 'authority'>, hasAuthority: boolean): string {
  const { host, code, networks, chart, image, tag } = installation
  const values = [
    ['--set', `enrol.url=https://${host}`],
    ['--set-string', `enrol.code=${escaped(code)}`],
    ...(hasAuthority ? [['--set-file', `enrol.certificateAuthority=${AUTHORITY_FILE}`]] : []),
    ['--set', `networks={${networks.length === 0 ? 'NETWORK' : networks.join(',')}}`],
    ...(image === undefined ? [] : [['--set', `image.repository=${escaped(image)}`]]),
    ...(tag === undefined ? [] : [['--set-string', `image.tag=${escaped(tag)}`]]),
  ]
  const first = `helm install ${RELEASE} ${quoted(chart)} --namespace ${RELEASE} --create-namespace`
  return [first, ...values.map(([flag, value = '']) => `  ${flag} ${quoted(value)}`)].join(' \\\n')
}

/** In a value of --set these mean something. */
function escaped(value: string): string {
  return value.replace(/[\\,{}[\]]/g, '\\$&')
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
