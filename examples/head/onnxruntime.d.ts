/** What the example uses of onnxruntime, which is installed beside it and not in the root. */
declare module 'onnxruntime-web' {
  export { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm'
}

declare module 'onnxruntime-web/wasm' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[])
    readonly data: Float32Array
    readonly dims: readonly number[]
  }
  export interface Session {
    readonly inputNames: readonly string[]
    readonly outputNames: readonly string[]
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
  }
  export const InferenceSession: { create(model: Uint8Array): Promise<Session> }
  export const env: { readonly wasm: { numThreads: number } }
}

declare module 'onnxruntime-node' {
  export { InferenceSession, Tensor } from 'onnxruntime-web/wasm'
}
