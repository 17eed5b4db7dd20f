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
}

/** What a program answered; `said` is all of its output. */
export interface Answer {
  status: number | null
  said: string
}

export async function openRoot(builder: Builder, image: string): Promise<Root> {
  return builder.name === 'buildah' ? await mounted(image) : await exported(builder.name, image)
}

async function mounted(image: string): Promise<Root> {
  const container = (await run('buildah', ['from', '--pull-never', image])).trim()
  const path = (await run('buildah', ['mount', container])).trim()
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run('buildah', ['rm', container])
    },
  }
}

async function exported(command: string, image: string): Promise<Root> {
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
/** As the image's user, with nothing of this machine's environment; the image's PATH stands for its own. */
const USER = `as_user() {
  chroot=$(command -v chroot)
  env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin "$chroot" --userspec=10001:10001 --groups= "$ROOT" "$@"
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
    env: { PATH: process.env.PATH, ROOT: root.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await once(child, 'exit')
  return { status, said: (await output).join('') }
}
