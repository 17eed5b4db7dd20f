import type { Kind } from './builder.ts'
import { run } from './program.ts'

/** docker, or podman, which takes the same commands. */
export function docker(name: 'docker' | 'podman'): Kind {
  return {
    name,
    command: [name],
    // Docker's attestations would make an index of each image.
    buildOptions: name === 'docker' ? ['--provenance=false'] : ['--layers'],
    async inspect(image) {
      const [{ RootFS, Size }] = JSON.parse(await run(name, ['image', 'inspect', image]))
      return { layers: RootFS.Layers, bytes: Size }
    },
    async save(images, file) {
      const several = name === 'podman' ? ['--multi-image-archive'] : []
      await run(name, ['save', ...several, '--output', file, ...images])
    },
  }
}
