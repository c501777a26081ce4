// Compiles kernels/ (AssemblyScript) to WebAssembly and writes module.ts: the module as base64, so that Node and
// browsers load it without a fetch, and the types of what it exports. Does nothing when the sources did not change.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = import.meta.dirname
const SOURCES = join(HERE, 'kernels')
const TARGET = join(HERE, 'module.ts')
const OPTIONS = [
  ...[
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--sharedMemory',
    '--maximumMemory',
    '65536',
  ],
  ...['--enable', 'simd', '--enable', 'threads', '--bindings', 'raw', '--outFile', 'kernels.wasm'],
  // A warning that a memory is imported.
  ...['--disableWarning', '201'],
]

const files = readdirSync(SOURCES).filter(name => name.endsWith('.ts'))
const sources = new Map(files.map(name => [name, readFileSync(join(SOURCES, name), 'utf8')]))
const compiler = fileURLToPath(import.meta.resolve('assemblyscript/package.json'))
const hash = createHash('sha256')
for (const path of [import.meta.filename, compiler]) hash.update(readFileSync(path))
for (const text of [...sources].flat()) hash.update(text)
const stamp = `// Written by build.mjs from kernels/: ${hash.digest('hex')}\n`

if (!existsSync(TARGET) || !readFileSync(TARGET, 'utf8').startsWith(stamp)) {
  // Whole at once: another process may be reading it, or writing the same.
  const draft = `${TARGET}.${process.pid}`
  writeFileSync(draft, stamp + (await compile()))
  renameSync(draft, TARGET)
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc')
  const output = new Map()
  const { error, stderr } = await asc.main(['index.ts', ...OPTIONS], {
    // asc adds an extension to './x.ts' too.
    readFile: name => sources.get(name.replace('.ts.ts', '.ts')) ?? null,
    writeFile: (name, contents) => output.set(name, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`asc: ${stderr.toString()}`)
  const functions = [...output.get('kernels.d.ts').matchAll(/export function (\w+)\((.*?)\): (\w+);/g)]
  const lines = functions.map(([, name, parameters, result]) => `  ${name}(${parameters}): ${result}`)
  const base64 = Buffer.from(output.get('kernels.wasm')).toString('base64')
  return `export interface Kernels {\n${lines.join('\n')}\n}\nexport const BASE64 = '${base64}'\n`
}
