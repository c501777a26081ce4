import { describe, expect, it, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import { recipeOf } from '../../engine/recipe.ts'
import { LOSSES } from '../../losses/registry.ts'
import * as samplers from '../../models/data/samplers.ts'
import {
  adagrad,
  adam,
  adamW,
  constant,
  cosineAnnealing,
  exponentialDecay,
  lamb,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  rmsprop,
  sgd,
  stepDecay,
  warmup,
  warmupCosine,
} from '../../models/optim/index.ts'
import { build, plainNet } from './training.ts'

describe('what was made tells how', () => {
  test.each(LOSSES.filter(({ margin }) => margin !== 'none'))('$name', ({ name, create, defaultMargin }) => {
    const options = { classes: 3, dim: 2, focalGamma: 0.1 }
    const recipe = recipeOf(create(options))
    expect(recipe?.name).toBe(name)
    expect(recipe?.options).toMatchObject(options)
    const { margin } = recipe!.options as { margin: typeof defaultMargin }
    expect(margin?.equation).toBe(defaultMargin?.equation)
  })

  it('optimizers, with the rates of each parameter', () => {
    const { parameters } = plainNet(generator(1))
    const groups = [{ parameters, lr: 0.5 }]
    expect(recipeOf(adam(groups))).toMatchObject({
      name: 'adam',
      options: { betas: [0.9, 0.999], eps: 1e-8 },
    })
    expect(recipeOf(adamW(groups))).toMatchObject({
      options: { rates: { '0.fc1.weight': { lr: 0.5, weightDecay: 0.01 } } },
    })
    for (const momentum of [0, 0.9]) {
      expect(recipeOf(sgd(groups, { lr: 1, momentum }))).toMatchObject({
        name: 'sgd',
        options: { momentum, dampening: 0, nesterov: false },
      })
    }
    for (const make of [rmsprop, adagrad, lamb]) {
      expect(recipeOf(make(groups))).toMatchObject({
        name: make.name,
        options: { rates: { '0.fc1.weight': { lr: 0.5 } } },
      })
    }
  })

  it('schedules, samplings, and a trainer', () => {
    expect(recipeOf(constant(0.5))).toEqual({ name: 'constant', options: { factor: 0.5 } })
    const schedule = warmupCosine({ steps: 9 })
    expect(recipeOf(schedule)).toEqual({ name: 'warmupCosine', options: { warmup: 0, steps: 9 } })
    const [cosine, steps] = [cosineAnnealing({ steps: 9 }), 9]
    const others = {
      stepDecay: stepDecay({ every: 3 }),
      multiStepDecay: multiStepDecay({ milestones: [3] }),
      exponentialDecay: exponentialDecay({ gamma: 0.5 }),
      polynomialDecay: polynomialDecay({ steps }),
      cosineAnnealing: cosine,
      oneCycle: oneCycle({ steps }),
      warmup: warmup(cosine, { steps }),
    }
    for (const [name, made] of Object.entries(others)) expect(recipeOf(made)?.name).toBe(name)
    for (const [name, factory] of Object.entries(samplers)) expect(recipeOf(factory())?.name).toBe(name)
    expect(recipeOf(build({ more: { schedule } }))).toMatchObject({
      name: 'Trainer',
      options: { batch: 16, schedule, clip: {} },
    })
    expect(recipeOf(() => 1)).toBeUndefined()
  })
})
