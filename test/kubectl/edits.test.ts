import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import { tenantNamed, within } from '../operator/support/index.ts'
import { condition, furnish, REGION, type Stage, startStage, TENANT } from './support/stage.ts'

const LONG = 120_000

function jobNamed(name: string): KubeObject {
  const containers = [{ name: 'backup', image: 'registry.example.com/platen/platen-database:1' }]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'tenant-acme', name, labels: { 'app.kubernetes.io/name': 'backup' } },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers } } },
  }
}

describeKubernetes('kubectl platen changes', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage('plugin-edits')
    await furnish(stage)
    await stage.apply(tenantNamed('beta'), tenantNamed('gamma', { country: 'AT' }))
  }, LONG)
  afterAll(() => stage?.[Symbol.asyncDispose]())

  const run = (...args: string[]) => stage.plugin.run(args)
  const tenant = (name = 'acme') => stage.see(`${TENANT}/${name}`)
  const annotation = async (name: string) => (await tenant()).metadata.annotations?.[name]

  /** Waits for what the plugin asks for, as the operator does. */
  async function asked<T>(look: (seen: KubeObject) => T | undefined): Promise<T> {
    for (;;) {
      const found = look(await tenant())
      if (found !== undefined) return found
      await sleep(100)
    }
  }

  it('a pause, and says that nobody looks any more', async () => {
    const { status, out, err } = await run('pause', 'acme')
    expect([status, out]).toEqual([0, 'tenant acme is paused\n'])
    expect(err).toMatch(/^ATTENTION: nobody looks at it now: its residency is not verified/m)
    expect(await annotation('platen.dev/paused')).toBe('true')
    expect((await run('status')).out).toMatch(/^acme .* paused$/m)
    expect((await run('unpause', 'acme')).out).toBe('tenant acme is looked after again\n')
    expect(await annotation('platen.dev/paused')).toBeUndefined()
  })

  it('the pause of a region, whose tenants are looked after as ever', async () => {
    const { err } = await run('pause', '--region', 'de')
    expect(err).toBe('kubectl platen unpause --region de ends it\n')
    const { metadata } = await stage.see(`${REGION}/de`)
    expect(metadata.annotations['platen.dev/paused']).toBe('true')
    await run('unpause', '--region', 'de')
  })

  it('secrets, and can ask for the same again', async () => {
    const { out, err } = await run('rotate', 'acme', 'database-api', 'component')
    expect(out).toBe('tenant acme: database-api, component will be made anew\n')
    expect(err).toMatch(/CertificatesReady/)
    expect(await annotation('platen.dev/rotate')).toMatch(
      /^database-api,component@\d{4}-\d\d-\d\dT\d{6}Z$/,
    )
    await run('rotate', 'acme')
    expect(await annotation('platen.dev/rotate')).toMatch(/^all@/)
    await run('rotate', '--region', 'de', 'certificate-authority')
    const { metadata } = await stage.see(`${REGION}/de`)
    expect(metadata.annotations['platen.dev/rotate']).toMatch(/^certificate-authority@/)
  })

  it('whether a tenant runs', async () => {
    expect((await run('suspend', 'acme')).out).toBe('tenant acme is being suspended\n')
    expect((await tenant()).spec.suspend).toBe(true)
    expect((await run('status')).out).toMatch(/^acme .* suspended$/m)
    expect((await run('resume', 'acme')).out).toBe('tenant acme starts again\n')
    expect((await tenant()).spec.suspend).toBe(false)
  })

  describe('backups', () => {
    it('by asking, without waiting', async () => {
      const { status, out } = await run('backup', 'acme')
      expect(out).toMatch(/^asked for the backup \S+ of tenant acme$/m)
      expect(status).toBe(0)
    })

    /** Asks, waits, and answers with what was asked for as soon as it is. */
    async function begun() {
      const before = await annotation('platen.dev/backup')
      await sleep(1100) // requests are told apart by their second
      const running = run('backup', 'acme', '--wait')
      const request = await asked(({ metadata }) => {
        const value = metadata.annotations['platen.dev/backup']
        return value === before ? undefined : value
      })
      return { request, running }
    }

    it('and waits until it is taken', async () => {
      const { request, running } = await begun()
      const backup = { handled: request, label: '20261129-090000F', at: '2026-11-29T09:00:00Z' }
      await stage.setStatus(`${TENANT}/acme`, { backup })
      const { status, out } = await running
      expect(out).toBe('the backup 20261129-090000F was taken at 2026-11-29T09:00:00Z\n')
      expect(status).toBe(0)
    })

    it('and says that its Job failed', async () => {
      const { running } = await begun()
      await stage.apply(jobNamed('asked-1'))
      const path = '/apis/batch/v1/namespaces/tenant-acme/jobs/asked-1'
      const failed = {
        type: 'Failed',
        status: 'True',
        reason: 'BackoffLimitExceeded',
        message: 'too often',
      }
      await stage.setStatus(path, {
        startTime: '2026-11-29T06:00:00Z',
        failed: 1,
        conditions: [{ ...failed, type: 'FailureTarget' }, failed],
      })
      const { status, out } = await running
      expect(out).toBe('the backup failed: Job asked-1: too often\n')
      expect(status).toBe(1)
      await stage.plane.kubectl(['delete', 'job', 'asked-1', '-n', 'tenant-acme'])
    })

    it('and waits no longer than it may', async () => {
      const { status, err } = await run('backup', 'acme', '--wait', '--timeout', '0.01')
      expect(err).toMatch(
        /^cannot wait for the backup .* any longer: .*kubectl platen status acme shows it$/m,
      )
      expect(status).toBe(2)
    })

    it('and stops waiting by Ctrl-C, which undoes nothing', async () => {
      const waits = /^the backup .* of tenant acme: /m
      const ran = await stage.plugin.run(['backup', 'acme', '--wait'], { interruptAt: waits })
      expect(ran.err).toMatch(/^stopped$/m)
      expect(ran.status).toBe(130)
    })
  })

  describe('what a tenant was', () => {
    const TO = '2026-11-28T08:30:00Z'

    it('not without being told so', async () => {
      const { status, err } = await run('restore', 'acme', '--to', TO)
      expect(err).toMatch(/^Tenant acme becomes what it was at 2026-11-28T08:30:00Z\.$/m)
      expect(err).toMatch(
        /^- What was stored after .* is lost, unless the monitors still hold it\.$/m,
      )
      expect(err).toMatch(/^cannot restore acme: nobody is there to be asked; give --yes$/m)
      expect(status).toBe(2)
      expect((await tenant()).spec.restore).toBeUndefined()
    })

    it.each([
      {
        why: 'another name',
        typed: 'acne\n',
        says: /nothing was changed: that is not acme/,
        status: 2,
      },
      { why: 'Ctrl-C', typed: '\x03', says: /stopped/, status: 130 },
      { why: 'Ctrl-D', typed: '\x04', says: /nobody is there to be asked/, status: 2 },
    ])('not where one answers with $why', async ({ typed, says, status }) => {
      const ran = await stage.plugin.run(['restore', 'acme', '--to', TO], { typed })
      expect(ran.out).toMatch(says)
      expect(ran.status).toBe(status)
      expect((await tenant()).spec.restore).toBeUndefined()
    })

    it('where one types its name', async () => {
      const options = { typed: 'acme\n' }
      const args = ['restore', 'acme', '--to', '2026-11-28T08:00:00Z', '--timeout', '0.01']
      const ran = await stage.plugin.run(args, options)
      expect(ran.out).toMatch(/cannot wait for the restore of tenant acme to .* any longer/)
      expect((await tenant()).spec.restore).toEqual({ to: '2026-11-28T08:00:00Z' })
    })

    it('and waits until it is', async () => {
      const running = run('restore', 'acme', '--to', '2026-11-28T09:30:00+01:00', '--yes')
      const isIt = ({ spec }: KubeObject) => (spec.restore?.to === TO ? spec.restore : undefined)
      expect(await asked(isIt)).toEqual({ to: TO })
      await stage.setStatus(`${TENANT}/acme`, {
        conditions: [
          condition('Ready', 'False', 'NotReady', 'DatabaseReady: it is being restored'),
        ],
      })
      await sleep(2500)
      await stage.setStatus(`${TENANT}/acme`, { restore: { id: 'second', state: 'Restored' } })
      await sleep(2500)
      const { generation: observedGeneration } = (await tenant()).metadata
      const ready = { ...condition('Ready', 'True', 'Ready'), observedGeneration }
      await stage.setStatus(`${TENANT}/acme`, { conditions: [ready] })
      const { status, out, err } = await running
      expect(out).toBe('restored to 2026-11-28T08:30:00Z\n')
      expect(err).toMatch(
        /^the restore of tenant acme to .*: DatabaseReady: it is being restored$/m,
      )
      expect(err).toMatch(/: restored; DatabaseReady: it is being restored$/m)
      expect(status).toBe(0)
    })

    it('from the backup of another one, which can be refused', async () => {
      const to = '2026-11-28T09:00:00Z'
      const running = run('restore', 'acme', '--to', to, '--from', 'beta', '--yes')
      const from = await asked(({ spec }) => spec.restore?.from)
      expect(from).toEqual({ tenant: 'beta', uid: (await tenant('beta')).metadata.uid })
      const restore = { id: 'third', state: 'Refused', message: 'no such backup' }
      await stage.setStatus(`${TENANT}/acme`, { restore })
      const { status, out, err } = await running
      expect(err).toMatch(/^- All that acme has stored so far is lost/m)
      expect(out).toBe('refused, and the data is as it was: no such backup\n')
      expect(status).toBe(1)
    })

    it('once for each time', async () => {
      const args = ['restore', 'acme', '--to', '2026-11-28T09:00:00Z', '--from', 'beta', '--yes']
      const { status, err } = await run(...args)
      expect(err).toMatch(
        /^cannot restore acme to 2026-11-28T09:00:00Z again: it was asked for before/m,
      )
      expect(status).toBe(2)
    })

    it('but never of another country', async () => {
      const { status, err } = await run('restore', 'acme', '--to', TO, '--from', 'gamma', '--yes')
      expect(err).toBe(
        'cannot restore acme from gamma: the data is of AT, and stays there; acme is in DE\n',
      )
      expect(status).toBe(2)
    })
  })

  it.each([
    {
      args: ['pause'],
      says: /it needs a TENANT, or --region REGION; see kubectl platen pause --help/,
    },
    { args: ['pause', 'a', 'b'], says: /it takes one TENANT, or --region REGION alone/ },
    { args: ['suspend', '--all'], says: /Unknown option '--all'/ },
    { args: ['suspend', '--', '-x'], says: /"-x" is no name of a TENANT/ },
    { args: ['restore', 'acme'], says: /it needs --to TIME/ },
    {
      args: ['backup', 'acme', '--wait', '--timeout', 'x'],
      says: /--timeout x is no number of minutes/,
    },
    { args: ['resume', 'nobody'], says: /cannot change tenants\.platen\.dev nobody: .*not found/ },
    { args: ['fly'], says: /cannot run "fly": there is status, residency, ledger/ },
  ])('nothing after $args', async ({ args, says }) => {
    const { status, out, err } = await run(...args)
    expect(err).toMatch(says)
    expect([status, out]).toEqual([2, ''])
  })

  it('no restore where the definitions know of none, and says what to do', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenants.platen.dev'
    const crd = await stage.see(path)
    delete crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.restore
    await stage.plane.rest.call('PUT', path, { body: crd })
    await within(async () => {
      const { err } = await run(
        'restore',
        'beta',
        '--to',
        '2026-11-28T08:30:00Z',
        '--yes',
        '--timeout',
        '0.01',
      )
      expect(err).toMatch(
        /cannot restore beta: this cluster's Tenants have no spec\.restore; kubectl apply/,
      )
    })
  })
})
