import type * as samplers from '../data/samplers.ts'
import type { OptimizerName } from '../optim/optimizer.ts'
import type * as plain from '../optim/schedule.ts'
import type { Schedule } from '../optim/schedule.ts'
import type * as others from '../optim/schedules.ts'
import type { MultiStepDecayOptions, OneCycleOptions, Phase, WarmupOptions } from '../optim/schedules.ts'
import { formOf } from './forms.ts'
import { call, indented, literal, type Unsupported, unsupported } from './python.ts'

type Numbers = Readonly<Record<string, number>>
type Options = Readonly<Record<string, number | boolean | readonly number[]>>

export interface OptimizerForm {
  /** The class in torch.optim, with what is the same for all groups. */
  readonly call: string
  /** What it calls what ours remembers of each parameter. */
  readonly moments: Readonly<Record<string, string>>
  /** Does its state count the steps of each parameter? */
  readonly counts: boolean
}

const called = (name: string, options: Options): string =>
  call(`torch.optim.${name}`, options).replace('(', '(groups, ')

const NOTHING: OptimizerForm['moments'] = {}

const adam =
  (name: string) =>
  ({ betas, eps, amsgrad }: Options): OptimizerForm => ({
    call: called(name, { betas, eps, amsgrad }),
    moments: { m: 'exp_avg', v: 'exp_avg_sq', ...(amsgrad === true && { vMax: 'max_exp_avg_sq' }) },
    counts: true,
  })

/** Every optimiser in torch.optim; one whose name is new does not compile without a row. */
export const TORCH_OPTIMIZERS: {
  readonly [N in OptimizerName]: ((options: Options) => OptimizerForm | Unsupported) | Unsupported
} = {
  sgd: ({ momentum, dampening, nesterov }) => ({
    call: called('SGD', { lr: 0, momentum, dampening, nesterov }),
    moments: Number(momentum) > 0 ? { b: 'momentum_buffer' } : NOTHING,
    counts: false,
  }),
  adam: adam('Adam'),
  adamW: adam('AdamW'),
  rmsprop: ({ alpha, eps, momentum, centered }) => ({
    call: called('RMSprop', { alpha, eps, momentum, centered }),
    moments: {
      v: 'square_avg',
      ...(centered === true && { m: 'grad_avg' }),
      ...(Number(momentum) > 0 && { b: 'momentum_buffer' }),
    },
    counts: true,
  }),
  adagrad: ({ lrDecay, initialAccumulator, eps }) =>
    initialAccumulator === 0
      ? { call: called('Adagrad', { lr_decay: lrDecay, eps }), moments: { s: 'sum' }, counts: true }
      : unsupported('a first sum other than 0'),
  lamb: ({ betas, eps }) => ({
    call: call('Lamb', { betas, eps }).replace('(', '(groups, '),
    moments: { m: 'exp_avg', v: 'exp_avg_sq' },
    counts: true,
  }),
}

type ScheduleName = keyof typeof plain | keyof typeof others

/** Every schedule as `factor(t)`, the factor on all rates at step t = 0, 1, .. */
export const TORCH_SCHEDULES: {
  readonly [N in ScheduleName]: (options: never) => string
} = {
  constant: ({ factor }: Numbers) => `return ${literal(factor)}`,
  warmupCosine: ({ warmup, steps }: Numbers) =>
    `rise = ${warmup === 0 ? '1' : `min(1, (t + 1) / ${warmup})`}\nreturn rise * (1 + math.cos(math.pi * min(t, ${steps}) / ${steps})) / 2`,
  stepDecay: ({ every, gamma }: Numbers) => `return ${literal(gamma)} ** (t // ${every})`,
  multiStepDecay: ({ milestones, gamma }: MultiStepDecayOptions) =>
    `return ${literal(gamma as number)} ** sum(t >= at for at in [${milestones.join(', ')}])`,
  exponentialDecay: ({ gamma }: Numbers) => `return ${literal(gamma)} ** t`,
  polynomialDecay: ({ steps, power }: Numbers) =>
    `return (1 - min(t, ${steps}) / ${steps}) ** ${literal(power)}`,
  cosineAnnealing: ({ steps, min }: Numbers) =>
    `half = (1 + math.cos(math.pi * min(t, ${steps}) / ${steps})) / 2\nreturn ${literal(min)} + (1 - ${literal(min)}) * half`,
  warmup({ schedule, steps, start }: Required<WarmupOptions> & { schedule: Schedule }) {
    const then = formOf<string>('schedule: warmup', schedule, TORCH_SCHEDULES)
    return `def after(t):
${indented(then, 1)}

if t >= ${steps}:
    return after(t - ${steps})
return (${literal(start)} + ${literal(1 - start)} * t / ${steps}) * after(0)`
  },
  oneCycle({ phases, steps, annealStrategy }: Required<OneCycleOptions> & { phases: readonly Phase[] }) {
    const rows = phases.map(({ until, from, to }, i) =>
      literal([i === 0 ? 0 : phases[i - 1].until, until, from, to]),
    )
    return `t = min(t, ${steps - 1})
# from step .. to step .., from factor .. to factor ..
phases = [${rows.join(', ')}]
begin, end, low, high = next(phase for phase in phases if t <= phase[1])
share = (t - begin) / (end - begin) if end != begin else 1
return low + (high - low) * ${annealStrategy === 'cos' ? '(1 - math.cos(math.pi * share)) / 2' : 'share'}`
  },
}

/** A class `Batches` with `next()`, the indices of the next `size` samples, and `state()`. */
const drawing = (setup: string, next: string): string => `class Batches:
    def __init__(self, y, size, state):
        self.size, self.rng = size, Generator(state['rng'])
${setup}
    def state(self):
        return {'rng': self.rng.state()}

    def next(self):
${next}`

const INSTANCES = `class Batches:
    """Every sample once an epoch, in a new order."""

    def __init__(self, y, size, state):
        self.n, self.size = len(y), size
        self.rng = Generator(state['epoch'])
        self.shuffle()
        self.at = state['at'][0]

    def shuffle(self):
        self.epoch, self.at, self.order = self.rng.state(), 0, list(range(self.n))
        for i in range(self.n - 1, 0, -1):
            j = self.rng.integer(i + 1)
            self.order[i], self.order[j] = self.order[j], self.order[i]

    def state(self):
        return {'epoch': self.epoch, 'at': [self.at], 'samples': [self.n]}

    def next(self):
        if self.at + self.size > self.n:
            self.shuffle()
        self.at += self.size
        return self.order[self.at - self.size:self.at]`

const BY_CLASS = `        self.classes = [[] for _ in range(int(y.max()) + 1)]
        for i, label in enumerate(y.tolist()):
            self.classes[label].append(i)
        self.classes = [own for own in self.classes if own]
`

const CLASS_AWARE = drawing(
  BY_CLASS,
  `        picks = []
        for _ in range(self.size):
            own = self.classes[self.rng.integer(len(self.classes))]
            picks.append(own[self.rng.integer(len(own))])
        return picks`,
)

const identityBalanced = (samples: number): string =>
  drawing(
    `${BY_CLASS}
    def choose(self, items, k):
        items = list(items)
        for i in range(k):
            j = i + self.rng.integer(len(items) - i)
            items[i], items[j] = items[j], items[i]
        return items[:k]
`,
    `        picks = []
        for own in self.choose(self.classes, self.size // ${samples}):
            picks += self.choose(own, min(${samples}, len(own)))
            picks += [own[self.rng.integer(len(own))] for _ in range(${samples} - len(own))]
        return picks`,
  )

/** Every sampling. */
export const TORCH_SAMPLINGS: {
  readonly [N in keyof typeof samplers]:
    | ((options: Readonly<Record<string, number | undefined>>) => string | Unsupported)
    | Unsupported
} = {
  instances: ({ window }) =>
    window === undefined ? INSTANCES : unsupported('a window; take a shuffled DataLoader in its place'),
  classAware: () => CLASS_AWARE,
  identityBalanced: ({ samples }) => identityBalanced(samples as number),
}
