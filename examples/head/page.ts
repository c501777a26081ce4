/** The page of `npm run head:page`: the same as `npm run head`, in the browser. */
import * as ort from 'onnxruntime-web/wasm'
import { setBackend, startBackend } from '../../engine/index.ts'
import { DIGITS_FILE, fetchDigits } from '../playground/digits/format.ts'
import { pageCache } from './pageCache.ts'
import { run, told } from './run.ts'

const state = document.getElementById('state')!

try {
  ort.env.wasm.numThreads = 1
  setBackend(await startBackend('wasm'))
  const { figures } = await run(ort, await fetchDigits(DIGITS_FILE), await pageCache('vectors'))
  state.textContent = told(figures)
  state.dataset.figures = JSON.stringify(figures)
} catch (error) {
  state.textContent = String(error)
  state.dataset.failed = String(error)
}
