import { sqrt, sum, type Tensor, tensor } from '../../engine/index.ts'
import { callable, type Loss } from '../../losses/loss.ts'
import { classAware, type Sampling } from '../../models/data/samplers.ts'
import { type Source, sourceOf } from '../../models/data/source.ts'
import { inTurn, noise, pixels } from '../../models/index.ts'
import type { ForwardOptions } from '../../models/layers/index.ts'
import type { Optimizer } from '../../models/optim/index.ts'
import type { TrainerOptions } from '../../models/train/options.ts'
import { type Trip, tripped } from '../support/failing.ts'

/** A loss that calls another function, or does something more, while the trip is on. */
const changed = (
  loss: Loss,
  members: Partial<Loss>,
  call: (x: Tensor, y: readonly number[]) => Tensor = loss,
) =>
  callable((x, y) => call(x, y as number[]), {
    name: loss.name,
    parameters: loss.parameters,
    get prototypes() {
      return loss.prototypes
    },
    logits: loss.logits,
    update: (x, y) => loss.update(x, y),
    updateAfter: loss.updateAfter,
    refreshEvery: loss.refreshEvery,
    refresh: (x, y) => loss.refresh(x, y),
    state: () => loss.state(),
    load: state => loss.load(state),
    ...(loss.snapshot && { snapshot: loss.snapshot }),
    ...members,
  })

const stepping = (optimizer: Optimizer, step: Optimizer['step']): Optimizer => ({ ...optimizer, step })

interface Cause {
  readonly change: (parts: TrainerOptions, trip: Trip) => TrainerOptions
  readonly error: RegExp
  /** The only one that it is for. */
  readonly dtype?: 'float32'
}

/** Ways in which a step fails while the trip is on, and what the error says. */
export const CAUSES: Readonly<Record<string, Cause>> = {
  'a pixel is NaN': {
    change: (parts, trip) => {
      const source = sourceOf(parts.x)
      const spoilt = (t: Tensor): Tensor => {
        const { shape, backend, dtype } = t
        return tensor(t.dataSync().fill(Number.NaN, 7, 8), { shape, backend, dtype })
      }
      const draw: Source['draw'] = picks => {
        const make = source.draw(picks)
        return () => (trip.on ? spoilt(make()) : make())
      }
      return { ...parts, x: { ...source, draw } }
    },
    error: /finite (loss|samples) expected, got NaN.* in x of sample \d+/,
  },
  'a pixel is too large for the running variance': {
    change: (parts, trip) => {
      const source = sourceOf(parts.x)
      const { shape, backend } = parts.x
      const large = (t: Tensor): Tensor => tensor(t.dataSync().fill(1e30, 7, 8), { shape: t.shape, backend })
      const draw: Source['draw'] = picks => {
        const make = source.draw(picks)
        return () => (trip.on ? large(make()) : make())
      }
      return { ...parts, x: { ...source, shape, draw } }
    },
    error: /Trainer: (a finite loss|finite gradients|finite parameters and state) expected, got/,
    // In which the square of 1e30 is none.
    dtype: 'float32',
  },
  'the schedule throws parameters out of float32': {
    change: (parts, trip) => ({ ...parts, schedule: () => (trip.on ? 1e300 : 1) }),
    error: /Trainer: finite parameters and state expected, got (NaN|-?Infinity) in/,
    dtype: 'float32',
  },
  'the loss is infinite': {
    change: (parts, trip) => {
      const { loss } = parts
      return {
        ...parts,
        loss: changed(loss, {}, (x, y) => loss(x, y).mul(trip.on ? Number.POSITIVE_INFINITY : 1)),
      }
    },
    error: /Trainer: a finite loss expected, got (-?Infinity|NaN)/,
  },
  'a gradient is not finite where the loss is': {
    change: (parts, trip) => {
      const { loss } = parts
      const root = (x: Tensor) => sqrt(sum(x).mul(0))
      return { ...parts, loss: changed(loss, {}, (x, y) => (trip.on ? loss(x, y).add(root(x)) : loss(x, y))) }
    },
    error: /Trainer: finite gradients expected, got NaN in that of \d\.\w+/,
  },
  'a label is no class': {
    change: (parts, trip) => {
      const { loss } = parts
      return {
        ...parts,
        loss: changed(loss, {}, (x, y) => loss(x, trip.on ? [...y].map(() => loss.prototypes.shape[0]) : y)),
      }
    },
    error: /labels are integers from 0 to 2, got 3/,
  },
  'update throws, half done': {
    change: (parts, trip) => {
      const { loss } = parts
      const update: Loss['update'] = (x, y) => {
        loss.update(x, y)
        if (trip.on) tripped('update')
      }
      return { ...parts, loss: changed(loss, { update }) }
    },
    error: /tripped: update/,
  },
  'refresh throws, half done': {
    change: (parts, trip) => {
      const { loss } = parts
      const refresh: Loss['refresh'] = (x, y) => {
        loss.refresh(x, y)
        if (trip.on) tripped('refresh')
      }
      return { ...parts, loss: changed(loss, { refresh, refreshEvery: 1 }) }
    },
    error: /tripped: refresh/,
  },
  'the net throws at its end': {
    change: (parts, trip) => {
      const inner = parts.net
      const net = (x: Tensor, options?: ForwardOptions) => {
        const z = inner(x, options)
        return trip.on ? tripped('net') : z
      }
      return { ...parts, net: Object.assign(net, { ...inner }) }
    },
    error: /tripped: net/,
  },
  'the schedule gives NaN': {
    change: (parts, trip) => ({ ...parts, schedule: () => (trip.on ? Number.NaN : 1) }),
    error: /got NaN/,
  },
  'the optimiser throws when it has stepped': {
    change: (parts, trip) => {
      const { optimizer } = parts
      return {
        ...parts,
        optimizer: stepping(optimizer, (...args) => {
          optimizer.step(...args)
          if (trip.on) tripped('optimizer')
        }),
      }
    },
    error: /tripped: optimizer/,
  },
  'the sampler throws when it has drawn': {
    change: (parts, trip) => {
      const sampling: Sampling = (...args) => {
        const sampler = classAware()(...args)
        return {
          ...sampler,
          next() {
            const samples = sampler.next()
            return trip.on ? tripped('sampler') : samples
          },
        }
      }
      return { ...parts, sampling }
    },
    error: /tripped: sampler/,
  },
  'the augmentation throws when it has drawn': {
    change: (parts, trip) => {
      const { backend, shape } = parts.x
      const [n, ...image] = shape as [number, number, number, number]
      const bytes = Uint8Array.from({ length: n * image[0] * image[1] * image[2] }, (_, k) => (k * 37) & 255)
      const trap = () => {
        if (trip.on) tripped('augmentation')
      }
      return { ...parts, x: pixels(bytes, { image, augment: inTurn(noise(), trap), backend }) }
    },
    error: /tripped: augmentation/,
    // What `pixels` makes.
    dtype: 'float32',
  },
}
