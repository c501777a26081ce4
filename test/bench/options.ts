import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { BACKENDS, type BackendName } from '../../engine/index.ts'
import { QUICK } from './cases/quick.ts'
import { ANGLES, type Angle } from './chromium/angles.ts'
import { CLOCKS, type Clock } from './harness/clock.ts'
import { GPU_PEERS, PEERS, WAYS } from './peers/registry.ts'

export const GROUPS = ['cpu', 'step', 'net', 'search', 'engine', 'losses', 'scale', 'gallery', 'gpu'] as const
export type Group = (typeof GROUPS)[number]
export type PeerName = (typeof PEERS | typeof GPU_PEERS | typeof WAYS)[number]['name']

export interface Options {
  /** Without one all but net, search, losses, scale, gallery and gpu. */
  group?: Group
  json: boolean
  /** The name of a case, or a part of names. */
  only: string
  /** Without: those of the group. */
  peers?: readonly PeerName[]
  /** A case of each kind, few turns. */
  quick: boolean
  rounds: number
  /** Milliseconds a contestant and case; undefined: each case's own. */
  budget?: number
  backend: BackendName
  threads: number
  clock: Clock
  /** What draws WebGL 2 in Chromium; undefined: the first that works. */
  angle?: Angle
  steps: number
}

const NAMES: readonly PeerName[] = [...new Set([...PEERS, ...GPU_PEERS, ...WAYS].map(p => p.name))]

const ROUNDS = 10
const STEPS = 2000

const HELP = `
Groups: cpu (kernels), step (a whole training step), engine (overhead and memory); these three without one; net (steps,
inferences and peaks of memory of whole nets, each in new processes; the peer before is the build of commit f24c374, made on
first use); search (figures of embeddings beside NumPy); losses (a step of each loss at batch 128, C = 2,000, D = 64 as a
multiple of CosFace's, in turns, and its memory); scale (a step of 100,000 classes beside PyTorch and what its
products take; many classes sampled, time and memory beside all classes, a million of them; data larger than memory: peaks and images a second of three
epochs from a folder and a .rec, and decoding beside jpeg-js, sharp and Pillow, which takes part where /usr/bin/python3
has it); gallery (one table: 1,000 queries in galleries in memory, in LanceDB and in PGlite, by their indexes, up to a million vectors,
which take an hour; it installs both as test:stores does); gpu (webgl2
and webgpu in one Chromium, and headlessgl in Node where test:headless-gl runs and there is a display). Full runs take
minutes: see --only and --peers. Each library runs in a process of its own, or a page, all in turns, one thread each,
and its result is compared with ours first. Times are the best of all runs, ratio = the peer's time / ours. The peers
are installed on first use (npm ci --prefix test/bench); PyTorch takes part where /usr/bin/python3 has it, and needs
libopenblas0 to be fast. The peer exact is this library by setExact(true), by name only.

  npm run bench cpu -- --only 'matmul 512' --peers tfjs-wasm
  npm run bench cpu -- --only 3x3 --peers exact
  npm run bench step -- --json --only 'step C=2000' --peers torch
  npm run bench net -- --only 'step sphereFaceNet-20 112 b32' --peers before,torch --clock processor
  npm run bench engine -- --steps 200
  npm run bench losses -- --only triplet --clock processor
  xvfb-run -a npm run bench gpu -- --only 'matmul 512' --angle swiftshader`

/** Reads the command line; says what is wrong, or helps, and ends the process. */
export function parseOptions(args: readonly string[]): Options {
  const program = new Command('bench')
    .description('Measures this library side by side with others, and with what the processor can do.')
    .addArgument(new Argument('[group]', 'what to measure').choices(GROUPS))
    .option('--json', 'one line a case and peer, for programs', false)
    .option('--only <text>', 'the case of that name, or those whose names contain it', '')
    .option('--peers <names>', `of ${NAMES.join(', ')}; or none`, peerNames)
    .option('--quick', `a case of each kind, each with a quarter of its time: cases/quick.ts`, false)
    .option('--rounds <n>', `turns of each library a case; default ${ROUNDS}, quick ${QUICK.rounds}`, integer)
    .option('--budget <s>', 'a slow library gets as many turns as fit, at least its first call', seconds)
    .addOption(
      new Option('--backend <name>', 'ours')
        .choices(['auto', ...BACKENDS.map(b => b.name)])
        .default('auto' satisfies BackendName),
    )
    .option('--threads <n>', 'ours; in net and scale of before, torch and onnxruntime-node too', integer, 1)
    .addOption(
      new Option('--clock <name>', 'what times are of: processor is for a machine that has other work')
        .choices(CLOCKS)
        .default('wall' satisfies Clock),
    )
    .addOption(
      new Option('--angle <name>', 'what draws WebGL 2 in Chromium; default the first that works').choices(
        Object.keys(ANGLES),
      ),
    )
    .option(
      '--steps <n>',
      `training steps of the memory cases; default ${STEPS}, quick ${QUICK.steps}`,
      integer,
    )
    .addHelpText('after', HELP)
  program.parse([...args], { from: 'user' })
  const given = program.opts<Options>()
  const usual = given.quick ? QUICK : { rounds: ROUNDS, steps: STEPS }
  return { ...usual, ...given, group: program.args[0] as Group | undefined }
}

function integer(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidArgumentError(`an integer >= 1 expected, got ${text}`)
}

function seconds(text: string): number {
  const value = Number(text)
  if (text !== '' && value >= 0 && Number.isFinite(value)) return value * 1000
  throw new InvalidArgumentError(`a number of seconds expected, got ${text}`)
}

function peerNames(text: string): readonly PeerName[] | undefined {
  if (text === 'all') return undefined
  if (text === 'none') return []
  return text.split(',').map(name => {
    const found = NAMES.find(known => known === name.trim())
    if (found === undefined) throw new InvalidArgumentError(`${NAMES.join(', ')} expected, got ${name}`)
    return found
  })
}
