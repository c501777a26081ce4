import type { Env, InferenceSession, TensorConstructor } from 'onnxruntime-common'
import { exportOnnx, permute, setBackend, tidy } from '../../../models/all.ts'
import { type Case, sampleOf } from '../cases/case.ts'
import type { Adapter, Prepared } from '../harness/adapter.ts'
import { built } from '../ours/net.ts'
import { versionOf } from './version.ts'

/** What both packages export. */
interface Ort {
  readonly env: Env
  readonly InferenceSession: {
    create: (model: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>
  }
  readonly Tensor: TensorConstructor
}

export interface OrtOptions {
  package: 'onnxruntime-web' | 'onnxruntime-node'
  threads: number
}

const PROVIDERS = { 'onnxruntime-web': 'wasm', 'onnxruntime-node': 'cpu' } as const

/** onnxruntime on the processor, in WebAssembly or by its addon: it runs the model that `exportOnnx` writes of our net. */
export async function open({ package: name, threads }: OrtOptions): Promise<Adapter> {
  const ort = (await import(name)) as Ort
  ort.env.wasm.numThreads = threads
  setBackend('wasm')
  const session: InferenceSession.SessionOptions = {
    executionProviders: [PROVIDERS[name]],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  }
  return {
    version: versionOf(name),
    prepare(c) {
      if (c.op !== 'netInfer') throw new Error('runs nets, and does not train them')
      return prepareInfer(ort, session, c)
    },
  }
}

async function prepareInfer(ort: Ort, options: InferenceSession.SessionOptions, c: Case): Promise<Prepared> {
  const { net, all, x } = built(c, 1, {})
  const model = exportOnnx(net, c.inputs[0].shape.slice(1))
  const images = tidy(() => permute(x, [0, 3, 1, 2]))
  const input = new ort.Tensor('float32', Float32Array.from(images.dataSync()), images.shape)
  for (const t of [...all, x, images]) t.dispose()
  const session = await ort.InferenceSession.create(model, options)
  let z: InferenceSession.OnnxValueMapType | undefined
  return {
    async call() {
      z = await session.run({ input })
    },
    outputs: async () => [sampleOf(z!.output.data as Float32Array)],
    end() {
      session.release()
    },
  }
}
