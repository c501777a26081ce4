import type { Tensor } from '../../engine/index.ts'
import { irCosFace } from '../../losses/index.ts'
import type { VectorCache } from '../../models/index.ts'
import { adam, embedWith, exportOnnx, layers, onnxEmbedder, rowNumbers, Trainer } from '../../models/index.ts'
import type { Ort } from './ort.ts'

export interface Given {
  readonly ort: Ort
  /** The bytes of an ONNX file. */
  readonly frozen: Uint8Array
  readonly x: Tensor
  readonly y: Int32Array
  readonly classes: number
  readonly cache: VectorCache
}

/** A head on the vectors of a frozen model, trained with a loss over class centres; the head as a file, and both as one. */
export async function trainHead({ ort, frozen, x, y, classes, cache }: Given) {
  const session = await ort.InferenceSession.create(frozen)
  const model = onnxEmbedder(session, ort.Tensor, x)
  let asked = 0 // images that went through the model: none where all vectors are in the cache
  const counted = (batch: readonly number[]) => model(batch).finally(() => (asked += batch.length))
  const vectors = await embedWith(counted, rowNumbers(x), { cache, key: 'digits-5-to-9' })

  const dim = vectors.shape[1]
  const centers = irCosFace({ classes, dim, estimator: 'exact' }) // of the vectors as they are, without a head
  centers.refresh(vectors.rows(rowNumbers(x)), y)

  const net = layers.sequential({
    fc1: layers.linear({ in: dim, out: 64, seed: 0 }),
    act: layers.prelu({ channels: 64 }),
    fc2: layers.linear({ in: 64, out: 16, seed: 1 }),
  })
  const loss = irCosFace({ classes, dim: 16, m: 0.2 })
  const optimizer = adam(net.parameters, { lr: 5e-3 })
  const trainer = new Trainer({ net, loss, optimizer, x: vectors, y, batch: 50, seed: 0 })
  for (let step = 0; step < 300; step++) trainer.step()
  const [alone, both] = [exportOnnx(net, [dim]), exportOnnx(net, [dim], { onto: frozen })]
  return { asked, centers, net, loss, alone, both }
}
