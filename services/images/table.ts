import type { Built } from './build.ts'

/** Images with their sizes in MB (a million bytes), unpacked, and what each adds to the layer that Node images share. */
export function sizeTable(images: Pick<Built, 'reference' | 'bytes' | 'ownBytes'>[]): string {
  const width = Math.max(...images.map(({ reference }) => reference.length))
  const row = (name: string, size: string, own: string) =>
    `${name.padEnd(width)}  ${size.padStart(8)}  ${own.padStart(8)}`
  return [
    row('image', 'size', 'own'),
    ...images.map(({ reference, bytes, ownBytes }) => row(reference, mb(bytes), mb(ownBytes))),
  ].join('\n')
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
