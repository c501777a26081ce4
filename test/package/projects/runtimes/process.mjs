import { checksum } from './checksum.js'
import manifest from './node_modules/ir-softmax/package.json' with { type: 'json' }

const entries = Object.keys(manifest.exports)
for (const entry of entries) await import(`ir-softmax${entry.slice(1)}`)
const { bun, deno, node } = process.versions
console.log(
  JSON.stringify({ version: bun ?? deno ?? node, imports: entries.length, checksum: await checksum() }),
)
