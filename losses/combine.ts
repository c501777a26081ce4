import { checkFinite, checkName, checkOptions, isRecord, type OptionNames, refusal } from '../engine/check.ts'
import { add, mul, type Tensor, tidy } from '../engine/index.ts'
import { joinSnapshots, snapshotOf } from '../engine/snapshots.ts'
import { joinNames, joinStates, loadParts, mapRecord, type State } from '../engine/state.ts'
import { describe } from '../engine/tensor.ts'
import type { Labels } from './labels.ts'
import { callable, type EmbeddingLoss, type Loss, type UpdateOptions } from './loss.ts'

export interface CombineOptions<Name extends string> {
  /** What each loss counts, >= 0. Default 1 each. */
  weights?: Readonly<Partial<Record<Name, number>>>
  /** The loss whose `logits` and `prototypes` classify. Default the first that has them. */
  classifier?: Name
}

/** T, told by other arguments: NoInfer, which TypeScript has from 5.4 on. */
type NotInferred<T> = [T][T extends unknown ? 0 : never]

const KNOWN = {
  weights: ['weight'],
  classifier: ['logits', 'by'],
} satisfies OptionNames<CombineOptions<string>>

/**
 * sum_k weight_k loss_k(x, y): several losses on one embedding, as one.  x[N,D] y[N] -> [] or [N]
 *
 * `combine({ softmax, ir }, { weights: { ir: 0.1 } })` is the second head of the code of Zhu 2020: 0.1 times IR-Softmax and 1
 * times a learned softmax, which classifies, and whose `forces` are told. The parameters of a part, and its state, are
 * called `part.name`. Of losses of pairs alone there is nothing to classify with. Throws where there is no loss, one stands twice, a name is a number or has a dot, parts differ in classes,
 * dim, dtype or reduction, one is updated before the loss and another after it, or two are refreshed at different steps.
 */
export function combine<Name extends string>(
  losses: Readonly<Record<Name, Loss>>,
  options?: CombineOptions<NotInferred<Name>>,
): Loss
export function combine<Parts extends Readonly<Record<string, EmbeddingLoss>>>(
  losses: Parts,
  options?: CombineOptions<NotInferred<keyof Parts & string>>,
): Extract<Parts[keyof Parts], Loss> extends never ? EmbeddingLoss : Loss
export function combine(
  losses: Readonly<Record<string, EmbeddingLoss>>,
  options: CombineOptions<string> = {},
): EmbeddingLoss {
  const parts = partsOf(losses)
  const names = Object.keys(parts)
  checkOptions('combine', options, KNOWN)
  const all = Object.values(parts)
  const able = names.filter(part => classifies(parts[part]))
  const { weights, classifier = able[0] } = options
  if (classifier !== undefined) checkName('combine', 'classifier', classifier, able)
  const weightOf = weightsOf(weights, names)
  const name = `combine(${names.join(', ')})`
  const call = (x: Tensor, y: Labels): Tensor =>
    names.map(part => mul(parts[part](x, y), weightOf[part])).reduce(add)
  const members = {
    name,
    reduction: all[0].reduction,
    parameters: joinNames(mapRecord(parts, part => part.parameters)),
    update(x: Tensor, y: Labels, options?: UpdateOptions) {
      for (const part of all) part.update(x, y, options)
    },
    updateAfter: agreed(
      'parts that are updated all before the loss or all after it (usePreviousCenters)',
      all.map(part => part.updateAfter),
    ),
    refreshEvery:
      agreed(
        'parts of one refreshEvery',
        all.map(part => part.refreshEvery || undefined),
      ) ?? 0,
    refresh(x: Tensor, y: Labels) {
      for (const part of all) if (part.refreshEvery > 0) part.refresh(x, y)
    },
    state: () => joinStates(mapRecord(parts, part => part.state())),
    load: (state: State) => loadParts(name, parts, state),
    ...(all.some(part => part.snapshot !== undefined) && {
      snapshot: () => joinSnapshots(mapRecord(parts, snapshotOf)),
    }),
  }
  if (classifier === undefined) return callable(call, members)
  const first = parts[classifier] as Loss
  return callable(call, {
    ...members,
    classes: first.classes,
    get prototypes() {
      return first.prototypes
    },
    logits: x => first.logits(x),
    ...(first.logitsInBlocks && { logitsInBlocks: first.logitsInBlocks }),
    ...(first.forces && { forces: first.forces }),
  })
}

const classifies = (loss: EmbeddingLoss): loss is Loss => typeof (loss as Partial<Loss>).logits === 'function'

/** The losses, in a record of our own. */
function partsOf(losses: unknown): Readonly<Record<string, EmbeddingLoss>> {
  const parts: Record<string, EmbeddingLoss> = isRecord(losses)
    ? { ...(losses as Record<string, EmbeddingLoss>) }
    : {}
  const all = Object.values(parts)
  if (all.length === 0 || all.some(part => typeof part !== 'function' || typeof part.update !== 'function')) {
    throw refusal('combine', 'losses by name, { softmax: softmaxLoss(..), .. },', losses)
  }
  for (const name of Object.keys(parts)) {
    // A dot would let two parts claim one name; integers would be reordered by the record.
    if (name === '' || name.includes('.') || /^\d+$/.test(name)) {
      throw refusal('combine', 'names without dots, and not numbers,', name)
    }
  }
  if (new Set(all).size < all.length) throw new Error('combine: each loss once expected, got one twice')
  agreed(
    'losses of one reduction',
    all.map(part => part.reduction),
  )
  agreed(
    'losses of one number of classes, one dim and dtype',
    tidy(() => all.filter(classifies).map(part => describe(part.prototypes))),
  )
  return parts
}

function weightsOf(weights: unknown, names: readonly string[]): Readonly<Record<string, number>> {
  const given = weights ?? {}
  if (!isRecord(given)) throw refusal('combine', 'weights as { name: number }', weights)
  for (const [name, weight] of Object.entries(given)) {
    checkName('combine', 'weights', name, names)
    checkFinite('combine', `weights.${name}`, weight, { orZero: true })
  }
  return Object.fromEntries(
    names.map(name => [name, Object.hasOwn(given, name) ? (given[name] as number) : 1]),
  )
}

/** What all say that say anything. */
function agreed<T>(expected: string, values: readonly (T | undefined)[]): T | undefined {
  const said = [...new Set(values.filter(value => value !== undefined))]
  if (said.length > 1) throw refusal('combine', expected, said)
  return said[0]
}
