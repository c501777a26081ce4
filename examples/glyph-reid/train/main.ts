/** Training on glyphs: `npm run glyph-reid`. See options.ts for what it takes and run.ts for what it does. */
import { join } from 'node:path'
import { removeDrafts } from '../../../models/node/writeWhole.ts'
import { onInterrupt } from '../../jobs/interrupt.ts'
import { lockFolder } from '../../jobs/lock.ts'
import { loadGlyphs } from '../glyphs/load.ts'
import { compare } from './compare.ts'
import { type Options, parseOptions } from './options.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  try {
    lockFolder(options.out)
    removeDrafts(join(options.out, 'checkpoints'))
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${options.out} (${(error as Error).message})`)
    return 1
  }
  try {
    return await compare(options, { set: loadGlyphs(), worker: WORKER, signal: onInterrupt() })
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}
