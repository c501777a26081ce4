/** How long searches take and what memory: `npx tsx examples/image-sets/searchTime.ts [queries] [gallery] [dim] [k]` */
import { generator, randn } from '../../engine/index.ts'
import { flatIndex, search } from '../../models/index.ts'

const MIB = 2 ** 20
/** Turns of a search of few queries, of which the best counts. */
const TURNS = 9

const [n, m, d, k] = [1_000, 1_000_000, 128, 10].map((value, i) => Number(process.argv[2 + i] ?? value))

/** What `f` gives, and in how many milliseconds. */
async function timed<T>(f: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const start = performance.now()
  const result = await f()
  return { result, ms: performance.now() - start }
}

const rng = generator(0)
const gallery = randn([m, d], rng)
const before = process.memoryUsage().rss / MIB
const { result: index, ms } = await timed(() => flatIndex(gallery))
gallery.dispose()
console.log(`index of ${m} x ${d}: ${ms.toFixed(0)} ms`)
for (const count of [...new Set([1, 10, n])]) {
  const times: number[] = []
  const used = process.cpuUsage()
  for (let turn = 0; turn < (count > 10 ? 1 : TURNS); turn++) {
    const queries = randn([count, d], rng)
    times.push((await timed(() => search(queries, index, { k }))).ms)
    queries.dispose()
  }
  const { user, system } = process.cpuUsage(used)
  const cpu = (user + system) / 1e3 / times.length
  console.log(
    `${count} queries, k = ${k}: ${Math.min(...times).toFixed(1)} ms, ${cpu.toFixed(1)} ms of all threads`,
  )
}
// KiB, the most that the process ever held.
const peak = process.resourceUsage().maxRSS / 1024
console.log(`memory ${before.toFixed(0)} MiB with the embeddings, ${peak.toFixed(0)} MiB at most`)
process.exit(0)
