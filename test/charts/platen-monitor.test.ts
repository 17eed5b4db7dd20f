import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeHelm, type KubeObject } from '../kubernetes/index.ts'
import { helm, MONITOR_CHART, setsOf } from './chart.ts'
import {
  ALL_OPTIONS,
  BY_HAND,
  CASES,
  ENROLLED,
  PEM,
  render,
  type Values,
} from './monitor-values.ts'

const ofKind = (objects: KubeObject[], kind: string, name = 'monitor') =>
  objects.find(one => one.kind === kind && one.metadata.name === name)
const podOf = (objects: KubeObject[]) => ofKind(objects, 'StatefulSet').spec.template
const containerOf = (objects: KubeObject[]) => podOf(objects).spec.containers[0]
const variablesOf = (objects: KubeObject[]): Record<string, unknown> =>
  Object.fromEntries(
    containerOf(objects).env.map(({ name, value, valueFrom }: KubeObject) => [
      name,
      value ?? valueFrom,
    ]),
  )

describeHelm('charts/platen-monitor', () => {
  it('passes helm lint, also strictly', async () => {
    for (const values of [{}, ENROLLED, ALL_OPTIONS]) {
      const said = await helm('lint', '--strict', MONITOR_CHART, ...setsOf(values))
      expect(said).toContain('0 chart(s) failed')
    }
  })

  it.each(CASES)('$why', async ({ objects, values }) => {
    const rendered = await render(values)
    const names = rendered.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(names.sort()).toEqual(objects.toSorted())
    for (const { kind, metadata } of rendered) expect(metadata.namespace, kind).toBe('site')
  })

  it('hands every option on', async () => {
    const rendered = await render(ALL_OPTIONS)
    const { metadata, spec } = podOf(rendered)
    expect(metadata.labels).toMatchObject({ team: 'office' })
    expect(metadata.annotations).toMatchObject({ 'example.com/note': 'x' })
    expect(spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { pool: 'site' },
      tolerations: [{ key: 'site', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
    })
    expect(containerOf(rendered)).toMatchObject({
      image: 'registry.test:5000/platen/monitor:1.2.3',
      imagePullPolicy: 'Always',
      resources: ALL_OPTIONS.resources,
      ports: [{ containerPort: 9090 }],
    })
    expect(variablesOf(rendered)).toMatchObject({
      PLATEN_ENROL_URL: 'https://acme.de.example.com',
      PLATEN_ENROL_CODE_FILE: '/etc/platen/enrol-code',
      PLATEN_ENROL_CA_FILE: '/etc/platen/authority.pem',
      PLATEN_NETWORKS: '10.0.0.0/16,192.168.1.64/26,192.168.2.9/32',
      PLATEN_SNMP_PORT: '1161',
      PLATEN_SNMP_V3_AUTH_PROTOCOL: 'sha256',
      PLATEN_SNMP_V3_PRIVACY_PROTOCOL: 'aes256b',
      PLATEN_POLL_SECONDS: '60',
      // Helm's numbers are floating: a million must not become 1e+06.
      PLATEN_SWEEP_SECONDS: '604800',
      PLATEN_SEND_KIB_PER_SECOND: '2000000',
      PLATEN_OUTBOX_MB: '1000000',
      PLATEN_LOG_LEVEL: 'debug',
      PLATEN_HEALTH_PORT: '9090',
    })
    expect(ofKind(rendered, 'Secret', 'monitor-snmp').stringData).toEqual({
      communities: 'office,with blank',
      'v3-user': 'reader',
      'v3-auth-password': 'authentic!',
      'v3-privacy-password': 'privately!',
    })
    expect(ofKind(rendered, 'Secret', 'monitor-enrol').stringData).toEqual({ code: 'K7QW-M2XD' })
    expect(ofKind(rendered, 'ConfigMap', 'monitor-authority').data).toEqual({
      'authority.pem': PEM,
    })
    expect(ofKind(rendered, 'PersistentVolumeClaim').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '2Ti' } },
    })
  })

  it('gives the monitor what an account made by hand needs, and no word of enrolment', async () => {
    const xmpp = { ...BY_HAND.xmpp, host: '10.9.8.7', port: 15_222, certificateAuthority: PEM }
    const variables = variablesOf(await render({ ...BY_HAND, xmpp }))
    expect(variables).toMatchObject({
      PLATEN_XMPP_DOMAIN: 'acme.de.example.com',
      PLATEN_XMPP_HOST: '10.9.8.7',
      PLATEN_XMPP_PORT: '15222',
      PLATEN_XMPP_USER: 'site-1',
      PLATEN_XMPP_PASSWORD_FILE: '/etc/platen/xmpp-password',
      PLATEN_XMPP_CA_FILE: '/etc/platen/authority.pem',
    })
    expect(Object.keys(variables).filter(name => name.startsWith('PLATEN_ENROL'))).toEqual([])
  })

  it('keeps every secret out of the pod itself', async () => {
    const { v3 } = ALL_OPTIONS.snmp
    const secrets = ['K7QW-M2XD', 'office', v3.authPassword, v3.privacyPassword, 'secret words']
    for (const values of [ALL_OPTIONS, BY_HAND]) {
      const pod = JSON.stringify(podOf(await render({ ...values, podLabels: {} })))
      expect(secrets.filter(secret => pod.includes(secret))).toEqual([])
    }
  })

  it('tells the monitor of an empty list of communities, which is not the default one', async () => {
    const snmp = { communities: [], v3: { user: 'reader' } }
    const secret = ofKind(await render({ ...ENROLLED, snmp }), 'Secret', 'monitor-snmp')
    expect(secret.stringData).toEqual({ communities: ',', 'v3-user': 'reader' })
  })

  it('lets the monitor reach its printers, names and its region, and nobody the monitor', async () => {
    expect(ofKind(await render(ENROLLED), 'NetworkPolicy').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [
        { ports: [{ port: 53 }, { port: 53 }] },
        { ports: [{ port: 443 }, { port: 5222 }] },
        {
          ports: [{ port: 161, protocol: 'UDP' }],
          to: [{ ipBlock: { cidr: '192.168.1.0/24' } }],
        },
      ],
    })
    const { ingress } = ofKind(await render(ALL_OPTIONS), 'NetworkPolicy').spec
    expect(ingress).toEqual([
      { ports: [{ port: 'health', protocol: 'TCP' }], from: ALL_OPTIONS.metrics.from },
    ])
  })

  it('opens no port to the network of the node, unless metrics are asked for', async () => {
    const alone = await render({ ...ENROLLED, hostNetwork: true })
    expect(podOf(alone).spec).toMatchObject({
      hostNetwork: true,
      dnsPolicy: 'ClusterFirstWithHostNet',
    })
    expect(variablesOf(alone).PLATEN_HEALTH_HOST).toBe('127.0.0.1')
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(containerOf(alone)[probe].httpGet.host, probe).toBe('127.0.0.1')
    }
    const open = await render({ ...ENROLLED, hostNetwork: true, metrics: { enabled: true } })
    expect(variablesOf(open).PLATEN_HEALTH_HOST).toBe('0.0.0.0')
    expect(containerOf(open).readinessProbe.httpGet.host).toBeUndefined()
  })

  it('starts the monitor anew when a secret or the authority has changed, and only then', async () => {
    const hashOf = async (values: Values) =>
      podOf(await render(values)).metadata.annotations['platen.dev/configuration']
    const before = await hashOf(ENROLLED)
    expect(await hashOf({ ...ENROLLED, persistence: { size: '3Gi' } })).toBe(before)
    expect(await hashOf({ ...ENROLLED, snmp: { communities: ['other'] } })).not.toBe(before)
    const enrol = { ...ENROLLED.enrol, certificateAuthority: PEM }
    expect(await hashOf({ ...ENROLLED, enrol })).not.toBe(before)
  })

  it('sets what the monitor reads', async () => {
    const known = ['monitor/settings.ts', 'services/telemetry/process.ts']
      .map(file => readFileSync(join(MONITOR_CHART, '../..', file), 'utf8'))
      .join('\n')
    const names = [ALL_OPTIONS, BY_HAND].map(async values =>
      Object.keys(variablesOf(await render(values))),
    )
    const settings = new Set((await Promise.all(names)).flat())
    expect(settings.size).toBeGreaterThan(18)
    const unknown = [...settings].filter(name => !known.includes(`'${name.replace(/_FILE$/, '')}`))
    expect(unknown).toEqual([])
  })

  it.each<{ why: string; values: Values; says: string }>([
    {
      why: 'a misspelt value would be ignored in silence.',
      values: { network: ['192.168.1.0/24'] },
      says: "additional properties 'network' not allowed",
    },
    {
      why: 'so would one further down.',
      values: { snmp: { v3: { username: 'x' } } },
      says: "additional properties 'username' not allowed",
    },
    {
      why: 'the code must not go out unencrypted.',
      values: { enrol: { url: 'http://acme.de.example.com' } },
      says: "at '/enrol/url'",
    },
    {
      why: 'an address has no path.',
      values: { enrol: { url: 'https://acme.de.example.com/enrol' } },
      says: "at '/enrol/url'",
    },
    {
      why: 'a network is in CIDR notation, and not larger than the monitor takes.',
      values: { networks: ['10.0.0.0/8'] },
      says: "at '/networks/0'",
    },
    {
      why: 'a file that holds a key is not what others may read.',
      values: { enrol: { certificateAuthority: '-----BEGIN PRIVATE KEY-----' } },
      says: "at '/enrol/certificateAuthority'",
    },
    {
      why: 'SNMPv3 has no shorter passwords.',
      values: { snmp: { v3: { authPassword: 'short' } } },
      says: "at '/snmp/v3/authPassword'",
    },
    {
      why: 'a comma parts communities.',
      values: { snmp: { communities: ['a,b'] } },
      says: "at '/snmp/communities/0'",
    },
    {
      why: 'nobody could say what latest is.',
      values: { image: { tag: 'latest' } },
      says: "at '/image/tag'",
    },
    { why: 'there is no such level.', values: { logLevel: 'verbose' }, says: "at '/logLevel'" },
  ])('refuses values: $why', async ({ values, says }) => {
    await expect(render({ ...ENROLLED, ...values })).rejects.toThrow(says)
  })

  it.each<{ why: string; values: Values; says: string[] }>([
    {
      why: 'nothing is said at all',
      values: {},
      says: [
        'enrol.url is empty; set it to the tenant',
        'there is no code to enrol with; set enrol.code, or enrol.existingSecret',
        'networks is empty; name',
      ],
    },
    {
      why: 'the code is missing',
      values: { ...ENROLLED, enrol: { url: 'https://acme.de.example.com' } },
      says: ['there is no code to enrol with'],
    },
    {
      why: 'there are two codes',
      values: { ...ENROLLED, enrol: { ...ENROLLED.enrol, existingSecret: 'code' } },
      says: ['both enrol.code and enrol.existingSecret are set'],
    },
    {
      why: 'there are two ways in',
      values: { ...ENROLLED, ...BY_HAND },
      says: ['both enrol and xmpp are set'],
    },
    {
      why: 'an account made by hand is half given',
      values: { ...BY_HAND, xmpp: { domain: 'acme.de.example.com' } },
      says: ['xmpp.user is empty', 'there is no password'],
    },
    {
      why: 'the authority would be read by nobody',
      values: { ...ENROLLED, xmpp: { certificateAuthority: PEM } },
      says: ['xmpp.certificateAuthority is set without xmpp.domain'],
    },
    {
      why: 'a network begins elsewhere',
      values: { ...ENROLLED, networks: ['192.168.1.0/24', '10.1.2.128/24'] },
      says: ['the network 10.1.2.128/24 does not begin there'],
    },
    {
      why: 'no printer could be asked',
      values: { ...ENROLLED, snmp: { communities: [] } },
      says: ['snmp.communities is empty'],
    },
    {
      why: 'encryption needs authentication',
      values: { ...ENROLLED, snmp: { v3: { user: 'reader', privacyPassword: 'privately!' } } },
      says: ['snmp.v3.privacyPassword is set without snmp.v3.authPassword'],
    },
    {
      why: 'users stand in two places',
      values: { ...ENROLLED, snmp: { existingSecret: 'printers', v3: { user: 'reader' } } },
      says: ['both snmp.existingSecret and snmp.v3 are set'],
    },
    {
      why: 'the volume would be full before the outbox is',
      values: { ...ENROLLED, outboxMb: 1000, persistence: { size: '1Gi' } },
      says: ['persistence.size 1Gi is too small for outboxMb 1000; make it 1314Mi or more'],
    },
  ])('says what to do when $why', async ({ values, says }) => {
    const said = await render(values).then(
      () => '',
      (error: Error) => error.message,
    )
    expect(said).toContain('cannot install a monitor: ')
    for (const one of says) expect(said).toContain(one)
  })

  it('takes the smallest volume that it names', async () => {
    await render({ ...ENROLLED, outboxMb: 1000, persistence: { size: '1314Mi' } })
  })

  it('refuses a name that would not fit into the labels of the pod', async () => {
    await render(ENROLLED, { name: 'm'.repeat(52) })
    await expect(render(ENROLLED, { name: 'm'.repeat(53) })).rejects.toThrow('choose a shorter one')
  })
})

describe('the values of charts/platen-monitor', () => {
  const values = parse(readFileSync(join(MONITOR_CHART, 'values.yaml'), 'utf8'))
  const schema = JSON.parse(readFileSync(join(MONITOR_CHART, 'values.schema.json'), 'utf8'))

  it.each(['', 'enrol', 'xmpp', 'snmp', 'snmp.v3', 'persistence', 'metrics', 'networkPolicy'])(
    'and its schema name the same below "%s"',
    path => {
      const steps = path.split('.').filter(Boolean)
      const shown = steps.reduce((at, step) => at[step], values)
      const allowed = steps.reduce((at, step) => at.properties[step], schema).properties
      expect(Object.keys(allowed).filter(name => name !== 'global')).toEqual(Object.keys(shown))
    },
  )
})
