import { Command } from 'commander'
import { backend, startBackend } from '../../../engine/index.ts'
import { check, type Outcome } from './check.ts'
import { FOLDER, loadNodeTest, nodeTests } from './nodeTest.ts'

// Holds what ONNX's own node tests expect to what this library makes of their operators, as the rows of `said/` say them.

const program = new Command('test:onnx-nodes')
  .description("Runs ONNX's node tests through this library's ops, values on every backend and gradients.")
  .argument('[filter]', 'a part of the names of tests', '')
  .option('--folder <path>', "the tests, as Debian's package libonnx-testdata has them", FOLDER)
  .option('--all', 'a line for each test', false)
  .action(async (filter: string, { folder, all }: { folder: string; all: boolean }) => {
    const names = listed(folder).filter(name => name.includes(filter))
    const wide = backend('reference')
    const backends = [wide, backend('wasm'), await startBackend('gpu:cpu')]
    const outcomes = new Map<string, Outcome>()
    for (const name of names) {
      const outcome = await check(loadNodeTest(name, folder), backends, wide)
      outcomes.set(name, outcome)
      if (all) {
        const more = outcome.is === 'passed' ? `gradient: ${outcome.gradient}` : outcome.why
        console.log(`${outcome.is} ${name}, ${more}`)
      }
    }
    report(outcomes)
    if ([...outcomes.values()].some(({ is }) => is === 'failed')) process.exitCode = 1
  })

function listed(folder: string): string[] {
  try {
    return nodeTests(folder)
  } catch (error) {
    return program.error(`test:onnx-nodes: ${(error as Error).message}`)
  }
}

function report(outcomes: ReadonlyMap<string, Outcome>): void {
  const counts = (of: readonly string[]): string =>
    [...new Set(of)]
      .map(key => [key, of.filter(other => other === key).length] as const)
      .sort(([, a], [, b]) => b - a)
      .map(([key, count]) => `  ${count} ${key}`)
      .join('\n')
  const all = [...outcomes]
  const passed = all.flatMap(([, o]) => (o.is === 'passed' ? [`gradient: ${o.gradient}`] : []))
  const unsaid = all.flatMap(([, o]) => (o.is === 'unsaid' ? [o.why] : []))
  const failed = all.flatMap(([name, o]) => (o.is === 'failed' ? [`  ${name}: ${o.why}`] : []))
  console.log(`${passed.length} passed\n${counts(passed)}`)
  console.log(`${unsaid.length} cannot be said\n${counts(unsaid)}`)
  console.log(`${failed.length} failed\n${failed.join('\n')}`)
}

await program.parseAsync()
