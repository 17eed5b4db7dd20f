import { X509Certificate } from 'node:crypto'
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import type { Account } from './account.ts'

/** PEM files of a server's certificate and key. Clients trust the certificate itself: it is their CA file. */
export interface CertificateFiles {
  certificate: string
  key: string
}

const DAY = 86_400_000
const LIFE_DAYS = 825
const RENEW_DAYS = 30

/** Makes a self-signed certificate for a DNS name in the directory, or keeps the one there while it is good. */
export async function certificateFor(
  domain: string,
  directory: string,
  account?: Account,
): Promise<CertificateFiles> {
  const files = {
    certificate: join(directory, `${domain}.crt`),
    key: join(directory, `${domain}.key`),
  }
  if (isGood(files.certificate) && existsSync(files.key)) return files
  const pem = await generate([{ name: 'commonName', value: domain }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + LIFE_DAYS * DAY),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: domain }] },
    ],
  })
  rmSync(files.certificate, { force: true })
  writeFileSync(files.key, pem.private, { mode: 0o600 })
  if (account) chownSync(files.key, account.uid, account.gid)
  // The last, and whole when it is there: it stands for both, also when a start was killed in between.
  writeFileSync(`${files.certificate}.new`, pem.cert, { mode: 0o644 })
  renameSync(`${files.certificate}.new`, files.certificate)
  return files
}

function isGood(file: string): boolean {
  if (!existsSync(file)) return false
  const { validToDate } = new X509Certificate(readFileSync(file))
  return validToDate.getTime() - Date.now() > RENEW_DAYS * DAY
}
