/** `npm run head`: a head on the vectors of a frozen ONNX model, in Node. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setBackend, startBackend } from '../../engine/index.ts'
import { folderCache } from '../../models/node/index.ts'
import { readDigits } from '../long-tail/digits.ts'
import { installOrt, nodeOrt } from './install.ts'
import { run, told } from './run.ts'

const OUT = 'report/head'

installOrt(console.error)
const { name, ort } = await nodeOrt()
setBackend(await startBackend('wasm'))
mkdirSync(OUT, { recursive: true })
const { figures, files } = await run(ort, readDigits(), folderCache(join(OUT, 'vectors')))
for (const [file, bytes] of Object.entries(files)) writeFileSync(join(OUT, file), bytes)
console.log(`${told(figures)}\n${Object.keys(files).join(', ')} in ${OUT}, by ${name}`)
