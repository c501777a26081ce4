import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { backend, setBackend, setThreads, startBackend } from 'ir-softmax'
import { add, grad, tensor } from 'ir-softmax/engine'
import { gpu } from 'ir-softmax/gpu'
import { decodeImage } from 'ir-softmax/images'
import { LOSSES, lossByName } from 'ir-softmax/losses'
import { embed, loadCheckpoint, resNet, saveCheckpoint } from 'ir-softmax/models'
import { gradcheck } from 'ir-softmax/testing'
import { same, train } from './train.js'

/** gpu.js is CommonJS: what was loaded of it stands in this cache. */
const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter(file => file.includes('gpu.js'))

const { exports } = JSON.parse(readFileSync('node_modules/ir-softmax/package.json', 'utf8'))
for (const entry of Object.keys(exports)) await import(`ir-softmax${entry.slice(1)}`)

const reference = await train('reference')
for (const threads of [1, 2]) {
  setThreads(threads)
  same(`wasm, threads: ${threads}`, await train('wasm'), reference)
}
if (loaded().length > 0) throw new Error(`no gpu.js before the GPU is asked for, got ${loaded()[0]}`)
same('gpu:webasm', await train(await startBackend('gpu:webasm')), reference)
same('gpu:cpu', await train(await gpu({ mode: 'cpu' })), reference)
if (loaded().length === 0) throw new Error('gpu.js in the cache expected after the GPU, got none of it')

setBackend('auto')
const x = tensor([1, 2, 3], { dtype: 'float64' })
gradcheck(({ x }) => add(x, 1).log(), { x }, { order: 2 })
const loss = lossByName(LOSSES[0].name).create({ classes: 3, dim: 4, backend: backend('wasm') })
loss.load(loadCheckpoint(saveCheckpoint(loss.state()), { backend: backend('wasm') }))
for (const f of [grad, embed, resNet, decodeImage])
  if (typeof f !== 'function') throw new Error('a function expected')
console.log('ok')
