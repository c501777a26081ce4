import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { convNet, embed, irCosFace, loadCheckpoint, predict } from '../../models/all.ts'
import { readImages } from '../../models/images/index.ts'
import { makePhotos } from '../support/photos.ts'
import { PHOTOS, SNIPPETS } from '../support/readme.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as Record<
  string,
  { default: string }
>

/** The source behind an entry point of the package: what is built from it stands at the same place in dist. */
function sourceOf(entry: string): string {
  const built = entries[entry.replace(/^ir-softmax/, '.')].default
  return pathToFileURL(join(root, built.replace('./dist/', '').replace(/\.js$/, '.ts'))).href
}

const onSources = (code: string): string =>
  code.replace(/from '(ir-softmax[^']*)'/g, (_, entry: string) => `from '${sourceOf(entry)}'`)

/** Runs a program in `folder`; what it prints. */
async function run(code: string, folder: string): Promise<string> {
  const file = join(folder, 'snippet.mts')
  writeFileSync(file, onSources(code))
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  return (await promisify(execFile)(process.execPath, [tsx, file], { cwd: folder })).stdout
}

describe('README', () => {
  it('has the snippets that it promises: to import, to train on images, and to check', () => {
    expect(SNIPPETS.length).toBe(3)
    expect(SNIPPETS.indexOf(PHOTOS)).toBe(1)
  })

  it.each(SNIPPETS.filter(code => code !== PHOTOS).map((code, i) => ({ code, i })))(
    'snippet $i runs as it stands',
    async ({ code }) => {
      await expect(run(code, temporaryFolder())).resolves.toBeDefined()
    },
  )
})

describe('a folder of images, trained in 25 lines', () => {
  const folder = temporaryFolder()

  it('has no more lines', () => {
    expect(PHOTOS.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
  })

  it('learns the classes, tells that of a new image, and leaves the net', async () => {
    makePhotos(folder, 'slanted')
    const printed = await run(PHOTOS, folder)
    // Three classes: chance is a third.
    expect(Number(/mean accuracy of the classes: (\S+)/.exec(printed)?.[1])).toBeGreaterThan(0.8)
    expect(printed).toContain('new.jpg: slanted')

    const net = convNet({ input: [32, 32, 3], dim: 32, rng: generator(1) })
    const loss = irCosFace({ classes: 3, dim: 32, seed: 1 })
    for (const [name, part] of Object.entries({ net, loss })) {
      part.load(loadCheckpoint(readFileSync(join(folder, `${name}.safetensors`))))
    }
    const image = readImages([join(folder, 'new.jpg')], { size: { height: 32, width: 32 } })
    expect(Array.from(await predict(loss.logits(embed(net, image))))).toEqual([2])
  })
})
