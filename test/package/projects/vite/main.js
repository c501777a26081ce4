import { gpu } from 'ir-softmax'
import { same, train } from './train.js'

const reference = await train('reference')

/** What runs here, by name: nothing, or the error. */
const runs = {
  wasm: async () => same('wasm', await train('wasm'), reference),
  threads: () => inWorker(reference),
  webgl2: async () => onGpu('webgl2'),
  webgpu: async () => onGpu('webgpu'),
}

async function onGpu(mode) {
  const backend = await gpu({ mode })
  if (backend.info().mode !== mode) throw new Error(`${mode} expected, got ${backend.info().mode}`)
  same(mode, await train(backend), reference)
}

/** Training in a worker, where wasm may share its work with threads. */
function inWorker(reference) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === 'ok' ? resolve() : reject(new Error(data)))
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(reference)
  })
}

/** For the test that drives the page. */
globalThis.run = async name => {
  await runs[name]()
  return 'ok'
}
