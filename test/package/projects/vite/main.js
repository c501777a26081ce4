import { gpu } from 'ir-softmax/gpu'
import { same, train } from './train.js'

const reference = train('reference')

/** What runs here, by name. */
const runs = {
  reference: () => reference,
  wasm: async () => same('wasm', await train('wasm'), await reference),
  threads: async () => inWorker(await reference),
  webgl2: () => onGpu('webgl2'),
  webgpu: () => onGpu('webgpu'),
}

async function onGpu(mode) {
  const backend = await gpu({ mode })
  if (backend.info().mode !== mode) throw new Error(`${mode} expected, got ${backend.info().mode}`)
  same(mode, await train(backend), await reference)
}

/** Training in a worker, where wasm may share its work with threads. */
function inWorker(expected) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === 'ok' ? resolve() : reject(new Error(data)))
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(expected)
  })
}

/** For the test that drives the page. */
globalThis.run = name => runs[name]()
