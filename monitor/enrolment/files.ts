import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Enrolled, enrolledIn } from './answer.ts'

/** What the monitor has asked with: it asks with the same again until there is an answer, also after a restart. */
export interface KeptRequest {
  /** SHA-256 of the code, hex. */
  codeHash: string
  password: string
}

/** What it got. */
export interface KeptEnrolment extends KeptRequest, Enrolled {}

/** A file that is there and cannot be used. */
export class EnrolmentError extends Error {
  override name = 'EnrolmentError'
}

const VERSION = 1
const ENROLMENT = 'enrolment.json'
const REQUEST = 'enrolment.request.json'

/** Undefined: there is none; 'damaged': there was one, which is moved aside. */
export function readEnrolment(directory: string): KeptEnrolment | undefined | 'damaged' {
  return read(directory, ENROLMENT, body => {
    const request = requestIn(body)
    const enrolled = enrolledIn(body)
    return request && enrolled && { ...request, ...enrolled }
  })
}

/** A damaged one is as good as none. */
export function readRequest(directory: string): KeptRequest | undefined {
  const request = read(directory, REQUEST, requestIn)
  return request === 'damaged' ? undefined : request
}

export function writeEnrolment(directory: string, enrolment: KeptEnrolment): void {
  write(directory, ENROLMENT, enrolment)
}

export function writeRequest(directory: string, request: KeptRequest): void {
  write(directory, REQUEST, request)
}

function requestIn(body: Record<string, unknown>): KeptRequest | undefined {
  const { codeHash, password } = body
  if (typeof codeHash !== 'string' || typeof password !== 'string') return undefined
  return { codeHash, password }
}

function read<T>(
  directory: string,
  name: string,
  parse: (body: Record<string, unknown>) => T | undefined,
): T | undefined | 'damaged' {
  const path = join(directory, name)
  const text = textIn(path)
  if (text === undefined) return undefined
  const body = bodyOf(text)
  if (typeof body?.version === 'number' && body.version > VERSION) {
    throw new EnrolmentError(
      `cannot use ${name}: a newer version of the monitor has made it; start that version`,
    )
  }
  const value = body && parse(body)
  if (value) return value
  renameSync(path, `${path}.damaged`)
  return 'damaged'
}

function textIn(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    // Whoever copied the directory may have opened it to others.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    return text
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new EnrolmentError(`cannot read the account of the monitor: ${code}; check PLATEN_DATA`, {
      cause,
    })
  }
}

function bodyOf(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The whole file or the one before, whatever is killed or loses its power when. */
function write(directory: string, name: string, content: KeptRequest): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, name)
    const unfinished = `${path}.new`
    rmSync(unfinished, { force: true }) // it may have other permissions
    writeFileSync(unfinished, `${JSON.stringify({ version: VERSION, ...content }, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    renameSync(unfinished, path)
    flushDirectory(directory)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new EnrolmentError(`cannot keep the account of the monitor: ${code}; check PLATEN_DATA`, {
      cause,
    })
  }
}

/** Else the new name might not outlive a power cut. */
function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
