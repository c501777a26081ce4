/** Writes 100 kB to the file named: `write.ts FILE`. */
import { writeWhole } from '../../../models/node/writeWhole.ts'

try {
  writeWhole(process.argv[2], 'x'.repeat(100_000))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
