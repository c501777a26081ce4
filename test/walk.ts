import { Session } from 'node:inspector'
import { backend, generator, randn, tensor } from '../engine/index.ts'
import { irCosFace } from '../losses/index.ts'

// How many files a call passes: `npm run walk` prints those whose functions ran, on the kernels of wasm.
const session = new Session()
session.connect()

type Coverage = {
  result: { url: string; functions: { ranges: { startOffset: number; count: number }[] }[] }[]
}

const ask = (method: string, parameters?: object): Coverage | undefined => {
  let answer: Coverage | undefined
  session.post(method, parameters, (error: Error | null, result?: object) => {
    if (error) throw error
    answer = result as Coverage
  })
  return answer
}

/** The files of `folders` in which a function ran while `f` did; what runs on the first call alone is left out. */
function walked(folders: RegExp, f: () => void): string[] {
  f()
  ask('Profiler.takePreciseCoverage')
  f()
  const { result = [] } = ask('Profiler.takePreciseCoverage') ?? {}
  return result
    .filter(({ functions }) =>
      functions.some(({ ranges: [whole] }) => whole.startOffset > 0 && whole.count > 0),
    )
    .map(({ url }) => decodeURI(url).replace(/^.*?(?=(engine|losses|models)\/)/, ''))
    .filter(path => folders.test(path))
    .sort()
}

ask('Profiler.enable')
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

const options = { backend: backend('wasm') }
const [x, y] = [randn([8, 4], generator(1), options), randn([8, 4], generator(2), options)]
const [a, b] = [x, y].map(t => tensor(t.dataSync(), { ...options, shape: t.shape, requiresGrad: true }))
const loss = irCosFace({ classes: 3, dim: 4, s: 8, m: 0.1 })
const labels = Int32Array.from({ length: 8 }, (_, i) => i % 3)
const walks: Record<string, string[]> = {
  'x.mul(y)': walked(/^engine/, () => x.mul(y)),
  'x.mul(y), recorded': walked(/^engine/, () => a.mul(b)),
  'irCosFace(..)(x, y), in losses/': walked(/^losses/, () => loss(a, labels)),
}
for (const [call, files] of Object.entries(walks))
  console.log(`${call}: ${files.length} files\n  ${files.join('\n  ')}`)
