import { gpu } from 'ir-softmax/gpu'
import { same, train } from './train.js'

const reference = await train('reference')
same('wasm', await train('wasm'), reference)
same('gpu:cpu', await train(await gpu({ mode: 'cpu' })), reference)
console.log('ok')
