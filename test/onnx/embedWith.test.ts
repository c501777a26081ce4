import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import { irCosFace } from '../../losses/index.ts'
import {
  adam,
  embed,
  embedWith,
  exportOnnx,
  layers,
  onnxEmbedder,
  rowNumbers,
  smallNet,
  Trainer,
} from '../../models/index.ts'
import { folderCache } from '../../models/node/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { expectAgreement } from './agreement.ts'
import { ort, runOnnx } from './runtime.ts'

describe('a head on the vectors of a frozen ONNX model', () => {
  it('is trained in onnxruntime and here, and leaves as one file', async () => {
    // The frozen model: any ONNX file; here a net of the repository's own.
    const frozen = exportOnnx(smallNet({ dim: 16, input: [12, 12, 1], seed: 0 }), [12, 12, 1])
    const session = await ort.InferenceSession.create(frozen)

    const y = Int32Array.from({ length: 60 }, (_, i) => i % 3)
    const brightness = tensor(
      Array.from(y, label => 2 * label),
      { shape: [60, 1, 1, 1] },
    )
    const x = randn([60, 12, 12, 1], generator(1)).add(brightness)
    const folder = temporaryFolder()
    const options = { batch: 16, cache: folderCache(folder), key: 'small' }
    const vectors = await embedWith(onnxEmbedder(session, ort.Tensor, x), rowNumbers(x), options)
    expect(readdirSync(folder).length).toBe(4)

    const head = layers.sequential({
      fc: layers.linear({ in: 16, out: 8, seed: 2 }),
      act: layers.prelu({ channels: 8 }),
    })
    const loss = irCosFace({ classes: 3, dim: 8, s: 8, m: 0.1 })
    const trainer = new Trainer({
      net: head,
      loss,
      optimizer: adam(head.parameters, { lr: 0.02 }),
      x: vectors,
      y,
      batch: 30,
    })
    const losses = Array.from({ length: 60 }, () => trainer.step())
    expect(losses[59]).toBeLessThan(losses[0] / 2)

    const [both] = await runOnnx(exportOnnx(head, [16], { onto: frozen }), [x])
    expectAgreement(both, embed(head, vectors))
    const [alone] = await runOnnx(exportOnnx(head, [16]), [vectors.rows(rowNumbers(x))])
    expectAgreement(alone, embed(head, vectors))
    expect(loss.logits(both).shape).toEqual([60, 3])
  })
})
