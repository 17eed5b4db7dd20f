import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Builder } from '@platen/images'
import { run } from '../cluster/run.ts'

/** An image's file system, unpacked. */
export interface Root extends AsyncDisposable {
  path: string
  /** Where its programs are looked for. */
  programs: string
}

/** What a program answered; `said` is all of its output. */
export interface Answer {
  status: number | null
  said: string
}

export async function openRoot(builder: Builder, image: string): Promise<Root> {
  const root = await (builder.name === 'buildah' ? mounted(image) : exported(builder.name, image))
  return Object.assign(root, { programs: await programsOf(builder.name, image) })
}

/** What containerd and CRI-O set for an image that says nothing. */
const DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The PATH of its ENV. */
async function programsOf(builder: string, image: string): Promise<string> {
  const config = builder === 'buildah' ? '.OCIv1.Config.Env' : '.Config.Env'
  const format = `{{range ${config}}}{{println .}}{{end}}`
  const kind = builder === 'buildah' ? ['inspect', '--type', 'image'] : ['image', 'inspect']
  const said = await run(builder, [...kind, '--format', format, image])
  return /^PATH=(.+)$/m.exec(said)?.[1] ?? DEFAULT
}

type FileSystem = Omit<Root, 'programs'>

async function mounted(image: string): Promise<FileSystem> {
  const container = (await run('buildah', ['from', '--pull-never', image])).trim()
  const path = (await run('buildah', ['mount', container])).trim()
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run('buildah', ['rm', container])
    },
  }
}

async function exported(command: string, image: string): Promise<FileSystem> {
  const path = mkdtempSync(join(tmpdir(), 'platen-root-'))
  const container = (await run(command, ['create', image, 'nothing'])).trim()
  const archive = `${path}.tar`
  await run(command, ['export', '--output', archive, container])
  await run(command, ['rm', container])
  await run('tar', ['--extract', '--same-owner', `--file=${archive}`, `--directory=${path}`])
  rmSync(archive)
  return {
    path,
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true })
    },
  }
}

/**
 * As a pod has it: root read-only but for `/run`, the kernel's folders, a loopback interface of its own, all processes
 * gone with the first.
 */
const POD = `set -e
mount --bind "$ROOT" "$ROOT"
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/run"
mount -o remount,bind,ro "$ROOT"
ip link set lo up
`
/** As the image's user, with nothing of this machine's environment but the image's own PATH. */
const USER = `as_user() {
  chroot=$(command -v chroot)
  env -i PATH="$PROGRAMS" "$chroot" --userspec=10001:10001 --groups= "$ROOT" "$@"
}
`

/**
 * Runs a shell script of this machine around an image's file system, on its root as a pod has it. In the script,
 * `as_user PROGRAM ARGUMENT ...` runs a program of the image as the image's user.
 */
export async function inPod(root: Root, script: string): Promise<Answer> {
  for (const folder of ['dev', 'proc', 'run']) {
    mkdirSync(join(root.path, folder), { recursive: true })
  }
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts']
  const child = spawn('unshare', [...namespaces, 'sh', '-c', `${POD}${USER}${script}`], {
    env: { PATH: process.env.PATH, ROOT: root.path, PROGRAMS: root.programs },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await once(child, 'exit')
  return { status, said: (await output).join('') }
}
