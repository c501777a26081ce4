import { gpu } from 'ir-softmax/gpu'
import { same, train } from './train.js'

const reference = await train('reference')
const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
const backend = await gpu({ mode: 'webgpu' })
same('gpu:webgpu', await train(backend), reference)
const after = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
if (after?.get !== before?.get || after?.value !== before?.value) {
  throw new Error('the navigator that was there before expected')
}
// The process has to end by itself, with the device still there.
console.log(backend.info().renderer)
