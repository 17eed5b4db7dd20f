import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './directory.ts'

/** A self-signed certificate for a DNS name and its key, PEM. */
export function serverCertificate(name: string): { cert: string; key: string } {
  using directory = temporaryDirectory()
  const [certFile, keyFile] = ['crt', 'key'].map(end => join(directory.path, end)) as [
    string,
    string,
  ]
  const kind = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const files = ['-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', ['req', ...kind, '-days', '2', ...names, ...files], { stdio: 'pipe' })
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}
