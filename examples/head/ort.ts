import { permute, type Tensor, tensor } from '../../engine/index.ts'

/** onnxruntime-web or onnxruntime-node. */
export type Ort = Pick<typeof import('onnxruntime-web'), 'InferenceSession' | 'Tensor'>

/** What onnxruntime computes of x with the model.  x[N,H,W,C], or [N,D] -> [N,..] */
export async function runModel(ort: Ort, model: Uint8Array, x: Tensor): Promise<Tensor> {
  const session = await ort.InferenceSession.create(model)
  const inside = x.rank === 4 ? permute(x, [0, 3, 1, 2]) : x
  const feeds = { input: new ort.Tensor('float32', inside.dataSync<Float32Array>(), inside.shape) }
  const { data, dims } = (await session.run(feeds))[session.outputNames[0]]
  return tensor(data, { shape: dims })
}
