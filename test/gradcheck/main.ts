import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { WRONG_GRADIENTS } from '../../engine/testing/index.ts'
import { checkRow, escaped, type Result, type Runs } from './check.ts'
import { json, table } from './report.ts'
import { select, UNCHECKED } from './rows.ts'

/** Cases for each wrong gradient: enough to see one that slips through now and then. */
const WRONG_RUNS = 3

function integer(low: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < low) {
      throw new InvalidArgumentError(`an integer >= ${low} expected, got ${text}`)
    }
    return value
  }
}

const program = new Command('gradcheck')
  .description('Holds the first and second gradients of every op and loss against finite differences.')
  .argument('[filter]', 'the name of an op or loss, or a part of names')
  .option('--runs <n>', 'random cases a row', integer(1), 20)
  .option('--seed <n>', 'of the cases', integer(0), 0)
  .option('--case <n>', 'this case alone, as an error names it', integer(0))
  .option('--json', 'one line a row, for programs', false)
  .action(
    (filter: string | undefined, options: { runs: number; seed: number; case?: number; json: boolean }) => {
      try {
        process.exitCode = run(filter, { ...options, only: options.case }, options.json)
      } catch (error) {
        program.error(`error: ${(error as Error).message}`)
      }
    },
  )

function run(filter: string | undefined, options: Runs, asJson: boolean): number {
  const rows = select(filter)
  const passed = escaped(WRONG_RUNS, options.seed)
  const total = WRONG_GRADIENTS.length
  console.error(`wrong gradients: ${total - passed.length} of ${total} caught`)
  for (const name of passed) console.error(`  not caught: ${name}`)
  const results: Result[] = []
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {value}/{total} {name}', clearOnComplete: true, stream: process.stderr })
    : undefined
  bar?.start(rows.length, 0, { name: '' })
  for (const row of rows) {
    bar?.update({ name: row.name })
    const made = checkRow(row, options)
    results.push(...made)
    if (asJson) for (const result of made) console.log(json(result))
    bar?.increment()
    bar?.render()
  }
  bar?.stop()
  if (!asJson) console.log(table(results, process.stdout.isTTY))
  for (const message of results.flatMap(r => r.messages.slice(0, 3))) console.error(message)
  const failures = results.filter(r => r.failures > 0).length
  console.error(
    failures === 0 ? `${results.length} rows, no failure` : `${failures} of ${results.length} rows fail`,
  )
  if (filter === undefined) console.error(`without a gradient, and so not checked: ${UNCHECKED.join(', ')}`)
  return failures + passed.length > 0 ? 1 : 0
}

program.parse()
