export { gemm } from './gemm.ts'
export { packPanels } from './panels.ts'
export * from './unary.ts'
