export * from './unary.ts'
