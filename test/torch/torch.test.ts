import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { exportTorch, importTorch } from '../../models/node/index.ts'
import { take } from '../models/training.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { CASES, type Case } from './cases.ts'
import { python, runEach, torchrun } from './torchRun.ts'

const STEPS = 20
const root = temporaryFolder()
const folderOf = ({ name }: Case): string => join(root, name.replaceAll(/\W+/g, '-'))

/** float32 in both, sums in another order, carried through 20 steps. */
const LIMIT = 1e-5

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got.length).toBe(expected.length)
  for (const [i, loss] of expected.entries()) {
    expect(Math.abs(got[i] - loss), `step ${i + 1}: ${got[i]} and ${loss}`).toBeLessThan(
      LIMIT * Math.max(1, Math.abs(loss)),
    )
  }
}

describe('PyTorch goes on as the trainer would', () => {
  // After some steps: moments, counters and centres are no longer as they began.
  const trainers = CASES.map(one => {
    const trainer = one.make()
    take(trainer, 3)
    exportTorch(trainer, folderOf(one))
    return trainer
  })
  const runs = runEach(CASES.map(folderOf), STEPS)

  test.each(CASES.map((one, i) => ({ ...one, i })))('$name', ({ i, ...one }) => {
    const theirs = runs[i]
    if (theirs instanceof Error) throw theirs
    expectClose(theirs, take(trainers[i], STEPS))
    expect(readFileSync(join(folderOf(one), 'train.py'), 'utf8').split('\n').length).toBeLessThanOrEqual(201)
    const back = one.make()
    importTorch(back, join(folderOf(one), 'done'))
    expect(back.steps).toBe(3 + STEPS)
    expectClose(take(back, 3), take(trainers[i], 3))
  })
})

describe('there and back without a step', () => {
  it('is the same to the bit', () => {
    const some = CASES.filter(({ name }) =>
      [
        'layers of images',
        'adam, warmupCosine, clip',
        'irCosFace, memoryBank',
        'sampled classes, learned',
        'adaFace, soon',
        'centerBlend with a bias',
        'queue',
        'lamb',
      ].includes(name),
    )
    const folders = some.map(() => temporaryFolder())
    const trainers = some.map(({ make }) => make())
    trainers.forEach((trainer, i) => {
      take(trainer, 2)
      exportTorch(trainer, folders[i])
    })
    for (const run of runEach(folders, 0)) expect(run).toEqual([])
    trainers.forEach((trainer, i) => {
      const back = some[i].make()
      importTorch(back, join(folders[i], 'done'))
      const told = (t: typeof back) => {
        const { tensors, values } = t.state()
        // Sums of centres, added up anew.
        const { 'loss.total': _, ...exact } = values
        return [Object.entries(tensors).map(([name, one]) => [name, Array.from(one.dataSync())]), exact]
      }
      expect(told(back)).toEqual(told(trainer))
    })
  })
})

describe('the files that the program reads', () => {
  it('are those it left, with the samples beside it; without samples it says what to write', () => {
    const folder = temporaryFolder()
    const trainer = CASES[0].make()
    exportTorch(trainer, folder)
    const program = join(folder, 'train.py')
    const [done, more] = ['done', 'more'].map(name => join(folder, name))
    runEach([folder], 2)
    python([program, '--steps', '2', '--dir', done, '--out', more])
    take(trainer, 4)
    const back = CASES[0].make()
    importTorch(back, more)
    expect(back.steps).toBe(4)
    expectClose(take(back, 2), take(trainer, 2))
    rmSync(join(folder, 'data.safetensors'))
    expect(() => python([program])).toThrow(/train\.py: \S+data\.safetensors expected, got no such file/)
  })
})

describe('a queue', () => {
  const { make } = CASES.find(({ name }) => name === 'queue of one batch, with a bias')!
  it('begins empty, and refuses more samples a step, of all processes, than it has', () => {
    const folder = temporaryFolder()
    const trainer = make()
    exportTorch(trainer, folder)
    const program = join(folder, 'train.py')
    const [run] = runEach([folder], 2)
    if (run instanceof Error) throw run
    expectClose(run, take(trainer, 2))
    // As two processes would have it.
    writeFileSync(program, readFileSync(program, 'utf8').replace('BATCH = 16 ', 'BATCH = 32 '))
    expect(() => python([program, '--steps', '1'])).toThrow(/queue: at least the 32 samples .* got 16/)
  })
})

describe('--every', () => {
  it('writes what there is then, and at the end', () => {
    const folder = temporaryFolder()
    exportTorch(CASES[0].make(), folder)
    const noted = `import runpy, sys
sys.path.insert(0, sys.argv[1])
import tools
save, steps = tools.save, []
def note(path, tensors):
    steps.extend(tensors['steps'].tolist() if 'steps' in tensors else [])
    save(path, tensors)
tools.save = note
sys.argv = ['train.py', '--steps', '5', '--every', '2']
runpy.run_path(sys.path[0] + '/train.py', run_name='__main__')
print('written', steps)`
    expect(python(['-c', noted, folder])).toContain('written [2, 4, 5]')
    expect(readdirSync(join(folder, 'done')).sort()).toEqual(['model.safetensors', 'training.safetensors'])
  })
})

describe('two processes are one with twice the batch', () => {
  const names = [
    'cosFace',
    'irCosFace',
    'cosFace, weight',
    'irCosFace, memoryBank',
    'sampled classes, learned',
    'adam, warmupCosine, clip',
    'cosFace, reduction sum',
    'curricularFace',
    'adaFace, soon',
    'elasticFace, plus',
    'adaCos',
    'magFace, within its norms',
    'sphereFace2',
    'subCenters, softmax',
    'blend, soon too old',
    'centerBlend',
    'learnedSteps',
    'irCosFace, exact',
    'lamb',
  ]
  test.each(CASES.filter(({ name }) => names.includes(name)))('$name', ({ name, make }) => {
    const batch = name.startsWith('sampled') ? 2 : 8
    const folder = temporaryFolder()
    exportTorch(make(batch), folder)
    expectClose(torchrun(folder, STEPS, 2), take(make(2 * batch), STEPS))
  })
})
