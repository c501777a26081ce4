import { noGrad, permute, type Tensor, tensor } from '../../engine/index.ts'

/** What is used of onnxruntime-web, which is installed beside this file and not in the root. */
interface OrtTensor {
  readonly dims: readonly number[]
  readonly data: Float32Array
}
interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>
  release(): Promise<void>
}
interface Ort {
  readonly env: { readonly wasm: { numThreads: number } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> }
}

const name: string = 'onnxruntime-web'
export const ort = (await import(name)) as Ort
ort.env.wasm.numThreads = 1

/** What onnxruntime computes from the model for each batch; images are [N,H,W,C] outside and [N,C,H,W] inside. */
export async function runOnnx(model: Uint8Array, batches: readonly Tensor[]): Promise<Tensor[]> {
  const session = await ort.InferenceSession.create(model)
  const outputs: Tensor[] = []
  for (const x of batches) {
    const inside = noGrad(() => (x.rank === 4 ? permute(x, [0, 3, 1, 2]) : x))
    const input = new ort.Tensor('float32', inside.dataSync<Float32Array>(), inside.shape)
    const { [session.outputNames[0]]: output } = await session.run({ input })
    const z = tensor(output.data, { shape: output.dims })
    outputs.push(z.rank === 4 ? permute(z, [0, 2, 3, 1]) : z)
  }
  await session.release()
  return outputs
}
