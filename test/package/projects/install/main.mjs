import { readFileSync } from 'node:fs'
import { setThreads, startBackend } from 'ir-softmax'
import { gpu } from 'ir-softmax/gpu'
import { same, train } from './train.js'

const { exports } = JSON.parse(readFileSync('node_modules/ir-softmax/package.json', 'utf8'))
for (const entry of Object.keys(exports)) {
  if (entry !== './testing') await import(`ir-softmax${entry.slice(1)}`)
}

setThreads(2)
same('wasm', await train('wasm'), await train('reference'))

/** Throws unless what is not installed is named in the error. */
async function missing(what, start, named) {
  const error = await start().then(
    () => undefined,
    error => error,
  )
  if (!named.test(error?.message)) throw new Error(`${what}: an error with ${named} expected, got ${error}`)
}
const command = /npm install .*gpu\.js@/
await missing('gpu', gpu, command)
await missing('startBackend', () => startBackend('gpu:webasm'), command)
await missing('ir-softmax/testing', () => import('ir-softmax/testing'), /'fast-check'/)
console.log('ok')
