import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installPackages } from '../packages.ts'

const HOME = import.meta.dirname
const ROOT = join(HOME, '..', '..')
const ENTRIES = ['engine', 'engine/backends/gpu', 'losses', 'models', 'engine/testing']

/** The API pages, out of the public docstrings, by TypeDoc. Throws where TypeDoc has anything to say against them. */
export function writeApi(folder: string): void {
  installPackages(HOME, 'TypeDoc (46 MB)', line => console.error(line))
  const typedoc = join(HOME, 'node_modules', 'typedoc', 'bin', 'typedoc')
  const { status, error } = spawnSync(
    process.execPath,
    [
      typedoc,
      ...['--name', 'ir-softmax', '--readme', 'none', '--out', folder],
      ...['--tsconfig', join(ROOT, 'tsconfig.build.json')],
      ...['--plugin', 'typedoc-plugin-missing-exports', '--internalModule', 'not exported'],
      ...['--excludeExternals', '--disableSources', '--disableGit'],
      ...['--validation.notExported', 'false', '--treatWarningsAsErrors'],
      ...ENTRIES.map(entry => join(ROOT, entry, 'index.ts')),
    ],
    { cwd: HOME, stdio: ['ignore', 2, 2] },
  )
  if (status !== 0) throw new Error(`TypeDoc: ${error?.message ?? `exit ${status}`}`)
}
