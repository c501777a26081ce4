import { setThreads } from 'ir-softmax'
import { same, train } from './train.js'

let started = 0
const Plain = globalThis.Worker
globalThis.Worker = class extends Plain {
  constructor(...args) {
    super(...args)
    started++
  }
}

async function check(reference) {
  setThreads(1)
  const alone = await train('wasm')
  same('wasm in a worker', alone, reference)
  if (started > 0) throw new Error(`no worker expected for one thread, got ${started}`)
  setThreads(2)
  const shared = await train('wasm')
  if (`${shared}` !== `${alone}`)
    throw new Error(`two threads: [${alone}] expected to the last bit, got [${shared}]`)
  if (started !== 1) throw new Error(`a worker for the second thread expected, got ${started}`)
}

globalThis.onmessage = async ({ data }) => {
  try {
    await check(data)
    globalThis.postMessage('ok')
  } catch (error) {
    globalThis.postMessage(String(error))
  }
}
