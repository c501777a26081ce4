import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runOnSources } from '../../../support/runOnSources.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'
import { drawnFiles } from './drawn.ts'

/** A run over a folder on the compiled library, with its threads left as they are at the end. */
const program = (root: string, rest: string): string => `
  import { Trainer, cosFace, generator, layers, sgd } from 'ir-softmax'
  import { imageFolder } from 'ir-softmax/images'
  const folder = imageFolder(${JSON.stringify(root)})
  const stream = folder.stream({ size: { height: 12, width: 10 } })
  const net = layers.sequential({ flat: layers.flatten(), fc: layers.linear({ in: 360, out: 4, rng: generator(1) }) })
  const loss = cosFace({ classes: 2, dim: 4 })
  const optimizer = sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: 0.1 })
  const trainer = new Trainer({ net, loss, optimizer, x: stream, y: stream.labels, batch: 4 })
  ${rest}
`

test('a program ends by itself, and one on a damaged image with its name', { timeout: 240_000 }, async () => {
  const folder = temporaryFolder()
  drawnFiles(join(folder, 'set', 'a'), 8)
  const { files } = drawnFiles(join(folder, 'set', 'b'), 8)
  const root = join(folder, 'set')
  const said = await runOnSources(
    program(root, "console.log((await trainer.run({ steps: 9, progress: 'faces' })).step)"),
    folder,
  )
  expect(said).toBe('9\n')
  writeFileSync(files[0], 'no image')
  const stopped = program(
    root,
    'await trainer.run({ steps: 9 }).catch(error => console.log(error.message)); console.log(trainer.steps < 4)',
  )
  expect(await runOnSources(stopped, folder)).toContain(`imageStream: ${files[0]}: a PNG or JPEG expected`)
})
