/** Takes the folder named, says so, and holds it until its input ends: `hold.ts FOLDER`. */
import { lockFolder } from '../../../examples/jobs/lock.ts'

try {
  lockFolder(process.argv[2])
  console.log('held')
  process.stdin.resume().on('end', () => process.exit(0))
} catch (error) {
  console.log((error as Error).message)
  process.exit(1)
}
