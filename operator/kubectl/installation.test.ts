import { describe, expect, it } from 'vitest'
import { installationScript } from './installation.ts'

describe('what the customer runs', () => {
  const installation = {
    host: 'acme.de.platen.example',
    code: 'ABCD-1234',
    networks: ['10.1.0.0/24', '10.2.0.0/24'],
    chart: 'charts/platen-monitor',
    authority: undefined,
  }

  it('holds what was given', () => {
    expect(
      installationScript({ ...installation, image: 'r.example/platen-monitor', tag: '1.0' }),
    ).toBe(
      `helm install platen-monitor charts/platen-monitor --namespace platen-monitor --create-namespace \\
  --set enrol.url=https://acme.de.platen.example \\
  --set-string enrol.code=ABCD-1234 \\
  --set 'networks={10.1.0.0/24,10.2.0.0/24}' \\
  --set image.repository=r.example/platen-monitor \\
  --set-string image.tag=1.0`,
    )
  })

  it("brings the region's authority along, and leaves the networks to the customer", () => {
    const script = installationScript({ ...installation, networks: [], authority: 'PEM\n' })
    expect(script).toMatch(/^cat > platen-ca\.pem <<'END'\nPEM\nEND\nhelm install /)
    expect(script).toContain('--set-file enrol.certificateAuthority=platen-ca.pem')
    expect(script).toContain("'networks={NETWORK}'")
  })
})
