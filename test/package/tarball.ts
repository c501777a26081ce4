import { join } from 'node:path'
import { ROOT, sh } from './shell.ts'

/** What `npm pack` made. */
export interface Tarball {
  readonly path: string
  /** Bytes, packed and unpacked. */
  readonly size: number
  readonly unpackedSize: number
  /** Paths in the package. */
  readonly files: readonly string[]
}

/** Builds the package and packs it into `folder`. */
export async function pack(folder: string): Promise<Tarball> {
  await sh(ROOT, 'npm', 'run', 'build')
  const [report] = JSON.parse(await sh(ROOT, 'npm', 'pack', '--json', '--pack-destination', folder))
  const { filename, size, unpackedSize, files } = report
  return {
    path: join(folder, filename),
    size,
    unpackedSize,
    files: files.map((f: { path: string }) => f.path),
  }
}
