import { checkFinite, checkName, checkOptions, isRecord, type OptionNames, refusal } from '../engine/check.ts'
import { add, mul, type Tensor } from '../engine/index.ts'
import { joinNames, joinStates, loadParts, mapRecord } from '../engine/state.ts'
import type { Labels } from './labels.ts'
import { callable, type Loss } from './loss.ts'

export interface CombineOptions<Name extends string> {
  /** What each loss counts, >= 0. Default 1 each. */
  weights?: Readonly<Partial<Record<Name, number>>>
  /** The loss whose `logits` and `prototypes` classify. Default the first. */
  classifier?: Name
}

const KNOWN = {
  weights: ['weight'],
  classifier: ['logits', 'by'],
} satisfies OptionNames<CombineOptions<string>>

/**
 * sum_k weight_k loss_k(x, y): several losses on one embedding, as one.  x[N,D] y[N] -> [] or [N]
 *
 * `combine({ softmax, ir }, { weights: { ir: 0.1 } })` is the second head of the code of Zhu 2020: 0.1 times IR-Softmax and 1
 * times a learned softmax, which classifies. The parameters of a part, and its state, are called `part.name`. Throws where there
 * is no loss, where parts differ in their reduction, one is updated before the loss and another after it, or two are
 * refreshed at different steps.
 */
export function combine<Name extends string>(
  losses: Readonly<Record<Name, Loss>>,
  options: CombineOptions<Name> = {},
): Loss {
  const parts = checkParts(losses)
  const names = Object.keys(parts)
  checkOptions('combine', options, KNOWN)
  const { weights = {}, classifier = names[0] as Name } = options
  checkName('combine', 'classifier', classifier, names)
  for (const [name, weight] of Object.entries(weights)) {
    checkName('combine', 'weights', name, names)
    checkFinite('combine', `weights.${name}`, weight, { orZero: true })
  }
  const weightOf = (name: string): number => (weights as Record<string, number>)[name] ?? 1
  const all = Object.values(parts)
  const name = `combine(${names.join(', ')})`
  return callable(
    (x: Tensor, y: Labels) => names.map(part => mul(parts[part](x, y), weightOf(part))).reduce(add),
    {
      name,
      classes: all[0].classes,
      parameters: joinNames(mapRecord(parts, part => part.parameters)),
      get prototypes() {
        return parts[classifier].prototypes
      },
      logits: x => parts[classifier].logits(x),
      update(x, y) {
        for (const part of all) part.update(x, y)
      },
      updateAfter: agreed(
        'parts that are updated all before the loss or all after it',
        all.map(part => part.updateAfter),
      ),
      refreshEvery:
        agreed(
          'parts of one refreshEvery',
          all.map(part => part.refreshEvery || undefined),
        ) ?? 0,
      refresh(x, y) {
        for (const part of all) if (part.refreshEvery > 0) part.refresh(x, y)
      },
      state: () => joinStates(mapRecord(parts, part => part.state())),
      load: state => loadParts(name, parts, state),
    },
  )
}

function checkParts(losses: unknown): Readonly<Record<string, Loss>> {
  const parts = isRecord(losses) ? (losses as Record<string, Loss>) : {}
  const all = Object.values(parts)
  if (all.length === 0 || all.some(part => typeof part !== 'function' || typeof part.logits !== 'function')) {
    throw refusal('combine', 'losses by name, { softmax: softmaxLoss(..), .. },', losses)
  }
  agreed(
    'losses of one number of classes',
    all.map(part => part.classes),
  )
  return parts
}

/** What all say that say anything. */
function agreed<T>(expected: string, values: readonly (T | undefined)[]): T | undefined {
  const said = [...new Set(values.filter(value => value !== undefined))]
  if (said.length > 1) throw refusal('combine', expected, said)
  return said[0]
}
