// Compiles kernels/ (AssemblyScript) to WebAssembly and writes module.ts: the module as base64, so that Node and
// browsers load it without a fetch, and the types of what it exports. A second module holds the products with fused
// multiply-adds, for `wasm-fma`. Does nothing when the sources did not change.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = import.meta.dirname
const SOURCES = join(HERE, 'kernels')
const TARGET = join(HERE, 'module.ts')
// Warning 201: a memory is imported.
const OPTIONS = (
  '-O3 --noAssert --runtime stub --importMemory --sharedMemory --maximumMemory 65536 --enable simd --enable threads ' +
  '--bindings raw --outFile kernels.wasm --disableWarning 201'
).split(' ')

const files = readdirSync(SOURCES).filter(name => name.endsWith('.ts'))
const sources = new Map(files.map(name => [name, readFileSync(join(SOURCES, name), 'utf8')]))
const compiler = fileURLToPath(import.meta.resolve('assemblyscript/package.json'))
const hash = createHash('sha256')
for (const path of [import.meta.filename, compiler]) hash.update(readFileSync(path))
for (const text of [...sources].flat()) hash.update(text)
const stamp = `// Written by build.mjs from kernels/: ${hash.digest('hex')}\n`

if (!existsSync(TARGET) || !readFileSync(TARGET, 'utf8').startsWith(stamp)) {
  const plain = await compile(['index.ts'])
  // Of what is built from `madd`, which is all that multiplies and adds at any length.
  const fused = await compile(
    [
      'correlate.ts',
      'depthwise.ts',
      'depthwiseWeightGradient.ts',
      'gemm.ts',
      'gemv.ts',
      'weightGradient.ts',
      'winograd.ts',
      'winogradStrided.ts',
      'winogradWeightGradient.ts',
    ],
    '--enable',
    'relaxed-simd',
  )
  const text = `export interface Kernels {\n${plain.types.join('\n')}\n}
/** Fields of the kernels' argument blocks, four bytes each, in order. */
export const BLOCKS = ${JSON.stringify(blocks())} as const
export const KERNELS = '${plain.base64}'
export const FUSED = '${fused.base64}'
`
  // Whole at once: another process may be reading it, or writing the same.
  const draft = `${TARGET}.${process.pid}`
  writeFileSync(draft, stamp + text)
  renameSync(draft, TARGET)
}

async function compile(entries, ...options) {
  const { default: asc } = await import('assemblyscript/asc')
  const output = new Map()
  const { error, stderr } = await asc.main([...entries, ...OPTIONS, ...options], {
    // asc adds an extension to './x.ts' too.
    readFile: path => sources.get(path.replace('.ts.ts', '.ts')) ?? null,
    writeFile: (name, contents) => output.set(name, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`asc: ${stderr.toString()}`)
  const functions = [...output.get('kernels.d.ts').matchAll(/export function (\w+)\((.*?)\): (\w+);/g)]
  return {
    types: functions.map(([, name, parameters, result]) => `  ${name}(${parameters}): ${result}`),
    base64: Buffer.from(output.get('kernels.wasm')).toString('base64'),
  }
}

/** For each kernel that takes a block of memory the fields of the class that it reads it as. */
function blocks() {
  const found = [...sources.values()].flatMap(text => {
    const kernels = text.matchAll(/export function (\w+)\([^)]*\): void {\s+const args = changetype<(\w+)>/g)
    return [...kernels].map(([, kernel, name]) => {
      const [, fields] = new RegExp(`class ${name} {(.*?)^}`, 'ms').exec(text)
      return [kernel, [...fields.matchAll(/^ {2}(\w+): /gm)].map(([, field]) => field)]
    })
  })
  return Object.fromEntries(found)
}
