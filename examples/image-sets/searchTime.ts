/** How long a search takes and what memory: `npx tsx examples/image-sets/searchTime.ts [queries] [gallery] [dim] [k]` */
import { generator, randn } from '../../engine/index.ts'
import { search } from '../../models/index.ts'

const MIB = 2 ** 20

const [n, m, d, k] = [10_000, 100_000, 64, 10].map((value, i) => Number(process.argv[2 + i] ?? value))
const rng = generator(0)
const [queries, gallery] = [randn([n, d], rng), randn([m, d], rng)]
const before = process.memoryUsage().rss / MIB
const [start, used] = [performance.now(), process.cpuUsage()]
await search(queries, gallery, { k })
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(used)
// KiB, the most that the process ever held.
const peak = process.resourceUsage().maxRSS / 1024
console.log(`${n} queries, ${m} x ${d}, k = ${k}: ${seconds.toFixed(1)} s`)
console.log(`processor time ${((user + system) / 1e6).toFixed(1)} s over all threads`)
console.log(`memory ${before.toFixed(0)} MiB with the embeddings, ${peak.toFixed(0)} MiB at most`)
process.exit(0)
