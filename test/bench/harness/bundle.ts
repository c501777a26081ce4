import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const made = new Map<string, string>()

/**
 * A module in TypeScript and what it imports as one file of JavaScript, without the packages. Node then needs no loader of
 * TypeScript, which takes some 80 MiB of each process whose memory is measured.
 */
export function bundled(source: string): string {
  const known = made.get(source)
  if (known !== undefined) return known
  // Below the folder `bench` of the source, so that the same packages are found.
  const bench = join(source, '../..')
  const outfile = join(
    bench,
    'node_modules/.cache',
    `${basename(join(source, '..'))}-${basename(source, '.ts')}.mjs`,
  )
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // package.json names the files with side effects where they lie in the package, not here.
    ignoreAnnotations: true,
    // Files and packages are looked for from there.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(source).href) },
    logLevel: 'error',
  })
  made.set(source, outfile)
  return outfile
}
