import { sh, tool } from '../shell.ts'
import type { Check } from './check.ts'

export const lint: Check = {
  name: 'lint',
  what: 'publint and arethetypeswrong have nothing to say',
  async run({ tarball, home }) {
    // Below warnings publint has one suggestion: conditions in place of the field `browser`, which keeps the bar that Node
    // draws out of bundles. They would need a file that stands for it at one path in the sources and in the package.
    await sh(home, tool('publint'), 'run', tarball.path, '--strict', '--level', 'warning')
    // The package is of ES modules alone, as its profile says.
    const options = [
      '--profile',
      'esm-only',
      '--no-definitely-typed',
      '--format',
      'ascii',
      '--no-color',
      '--no-emoji',
    ]
    await sh(home, tool('attw'), tarball.path, ...options)
    return ''
  },
}
