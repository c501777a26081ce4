import { readFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

type MultiplyAdd = (turns: number) => number

/** 0.1 to 0.2 ms a run: most runs then lie between two interruptions. */
const TURNS = 100_000
const FLOPS = 80 * TURNS
/** The sum of the ten products that multiplyAdd.ts adds up in a turn. */
const SUM_OF_PRODUCTS = 80

/** The highest rate of multiplications and additions that one core has shown so far, in GFLOP/s. */
export class Peak {
  readonly #multiplyAdd: MultiplyAdd
  best = 0

  private constructor(multiplyAdd: MultiplyAdd) {
    this.#multiplyAdd = multiplyAdd
  }

  static async create(): Promise<Peak> {
    const peak = new Peak(await compile())
    peak.measure(300)
    peak.check()
    return peak
  }

  /** Runs the loop for `ms` milliseconds and gives the best rate among them; `best` keeps the best of all. */
  measure(ms: number): number {
    const begin = performance.now()
    let shortest = Number.POSITIVE_INFINITY
    let end = begin
    do {
      const start = end
      this.#multiplyAdd(TURNS)
      end = performance.now()
      shortest = Math.min(shortest, end - start)
    } while (end - begin < ms)
    const rate = FLOPS / shortest / 1e6
    this.best = Math.max(this.best, rate)
    return rate
  }

  /** Throws when the loop does not do its work: the sum tells, and that twice the turns take twice the time. */
  check(): void {
    const shortest = (turns: number): number => {
      let best = Number.POSITIVE_INFINITY
      for (let i = 0; i < 50; i++) {
        const start = performance.now()
        const sum = this.#multiplyAdd(turns)
        best = Math.min(best, performance.now() - start)
        // Exact: all partial sums are integers below 2^24.
        if (sum !== turns * SUM_OF_PRODUCTS) throw new Error(`peak: sum ${turns * 80} expected, got ${sum}`)
      }
      return best
    }
    const ratio = shortest(TURNS) / shortest(TURNS / 2)
    if (ratio < 1.5) throw new Error(`peak: twice the turns took only ${ratio.toFixed(2)} times as long`)
  }
}

async function compile(): Promise<MultiplyAdd> {
  const source = readFileSync(new URL('./assembly/multiplyAdd.ts', import.meta.url), 'utf8')
  const { binary, stderr } = await asc.compileString(source, {
    optimizeLevel: 3,
    runtime: 'stub',
    enable: ['simd'],
    memoryBase: 4096,
    initialMemory: 1,
  })
  if (binary === null) throw new Error(`peak: ${stderr.toString()}`)
  const { instance } = await WebAssembly.instantiate(binary as Uint8Array<ArrayBuffer>)
  return (instance.exports as unknown as { multiplyAdd: MultiplyAdd }).multiplyAdd
}
