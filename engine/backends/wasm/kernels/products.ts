/** What is built from `tile`: the kernels that `wasm-fma` has of its own. */
export { correlate } from './correlate.ts'
export { gemm, gemmStream } from './gemm.ts'
export { weightGradient } from './weightGradient.ts'
