import { full, identity, keep, noGrad, parameter, type Stateful, type Tensor, tidy } from '../engine/index.ts'
import { joinSnapshots, snapshotOf } from '../engine/snapshots.ts'
import { assignAll, checkTensors, mapRecord, type State, snapshot } from '../engine/state.ts'
import type { Given } from './bentLogits.ts'
import { refuseOddState } from './finite.ts'
import type { LossOptions } from './loss.ts'
import type { Margin, RememberedBatch } from './margins/margin.ts'
import { startOf } from './margins/memory.ts'
import type { ClassSampler } from './sampledClasses.ts'

type Now = Pick<Given, 't' | 'memory'>

/**
 * What a margin loss keeps beside its prototypes: the number of updates, the margin's memory, a binary margin's b, and where its
 * draws of classes are.
 */
export interface MarginState extends Stateful {
  /** The learned b[] of a binary margin. */
  readonly bias?: Tensor
  /** Does anything of it change with an update? */
  readonly moves: boolean
  now(): Now
  /** As it will be after this batch. */
  ahead(batch: (now: Now) => RememberedBatch): Now
  update(batch: (now: Now) => RememberedBatch): void
}

/** Of a margin; `counted` where the loss goes by the number of updates. */
export function marginState(
  name: string,
  margin: Margin,
  { classes, dtype = 'float32', backend }: LossOptions,
  { counted, sampler }: { counted: boolean; sampler?: ClassSampler },
): MarginState {
  const place = { dtype, backend }
  const b = margin.binary && parameter(full([], margin.binary.bias(classes), place), place)
  const memory = mapRecord(startOf(margin, classes, place), t => keep(t))
  const tensors: Record<string, Tensor> = {
    ...(b && { b }),
    ...Object.fromEntries(Object.entries(memory).map(([key, t]) => [`margin.${key}`, t])),
  }
  const rule = margin.memory
  let t = 0
  // identity: aliases, so that a graph built on them does not see them assigned to.
  const now = (): Now => ({ t, memory: mapRecord(memory, m => identity(m)) })

  function checkCount(given: unknown): void {
    if (counted ? Number.isSafeInteger(given) && Number(given) >= 0 : given === undefined) return
    const expected = counted ? 'the number t of updates' : 'no t: no updates are counted'
    throw new Error(`${name}: load: ${expected} expected, got ${JSON.stringify(given)}`)
  }

  return {
    ...(b && { bias: b }),
    moves: counted || rule !== undefined || sampler !== undefined,
    now,
    ahead: batch => ({
      t: t + 1,
      memory: rule === undefined ? {} : noGrad(() => rule.next(batch(now()))),
    }),
    update(batch) {
      if (rule) noGrad(() => tidy(() => assignAll(memory, rule.next(batch(now())))))
      sampler?.next()
      t++
    },
    state: () => ({
      tensors: snapshot(tensors),
      values: { ...(counted && { t }), ...(sampler && { sampledClasses: sampler.state() }) },
    }),
    load({ tensors: given, values }) {
      checkCount(values.t)
      if (sampler === undefined && values.sampledClasses !== undefined) {
        throw new Error(
          `${name}: load: no sampledClasses expected, got ${JSON.stringify(values.sampledClasses)}`,
        )
      }
      checkTensors(name, tensors, given)
      const remembered = Object.entries(given).filter(([key]) => key.startsWith('margin.'))
      refuseOddState(name, Object.fromEntries(remembered))
      sampler?.load(values.sampledClasses)
      assignAll(tensors, given)
      t = Number(values.t ?? 0)
    },
  }
}

const merged = (a: State, b: State): State => ({
  tensors: { ...a.tensors, ...b.tensors },
  values: { ...a.values, ...b.values },
})

/** The state of a margin loss: of its prototypes, and of this. */
export function joinedState(own: MarginState, prototypes: Stateful): Stateful {
  return {
    state: () => merged(prototypes.state(), own.state()),
    load({ tensors, values: { t, sampledClasses, ...values } }) {
      const before = own.state()
      const mine = ([key]: [string, unknown]): boolean => Object.hasOwn(before.tensors, key)
      const all = Object.entries(tensors)
      own.load({
        tensors: Object.fromEntries(all.filter(mine)),
        values: { ...(t !== undefined && { t }), ...(sampledClasses !== undefined && { sampledClasses }) },
      })
      try {
        prototypes.load({ tensors: Object.fromEntries(all.filter(entry => !mine(entry))), values })
      } catch (error) {
        own.load(before)
        throw error
      }
    },
    ...(prototypes.snapshot && {
      snapshot: () =>
        joinSnapshots({ prototypes: snapshotOf(prototypes), own: snapshotOf(own) }, parts =>
          merged(parts.prototypes, parts.own),
        ),
    }),
  }
}
