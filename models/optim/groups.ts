import { checkGiven, isRecord, type OptionNames, refusal } from '../../engine/check.ts'
import { Tensor } from '../../engine/index.ts'
import { joinNames, mapRecord } from '../../engine/state.ts'
import { describe } from '../../engine/tensor.ts'
import { checkAtLeast0 } from '../checks.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** Parameters with a rate of their own: a loss's prototypes often want 10 to 30 times the net's. */
export interface Group {
  parameters: Tensors
  /** Default: the optimiser's. */
  lr?: number
  /** Default: the optimiser's. */
  weightDecay?: number
}

const GROUP = {
  parameters: true,
  lr: ['learningRate', 'rate'],
  weightDecay: true,
} satisfies OptionNames<Group>

/** What an optimiser takes: parameters by name, or groups of them. */
export type Groups = Tensors | readonly Group[]

/** What is done to each parameter of a group. */
export interface Rates {
  readonly lr: number
  readonly weightDecay: number
}

/** One parameter's move: its new value and its new moments, from their values p, g before step t = 1, 2, .. */
export type Rule<M extends string> = (
  p: Tensor,
  g: Tensor,
  moments: Readonly<Record<M, Tensor>>,
  rates: Rates,
  t: number,
) => { p: Tensor } & Readonly<Record<M, Tensor>>

export interface Trained extends Rates {
  readonly parameter: Tensor
}

/**
 * All parameters by name, each with its group's rates. In an array of groups `W` of the second becomes `1.W`, so
 * that names of different groups never clash. Throws on a parameter that stands twice, or on none at all.
 */
export function trained(optimizer: string, groups: Groups, rates: Rates): Readonly<Record<string, Trained>> {
  const of = (parameters: Tensors, own: Rates): Record<string, Trained> => {
    checkNotWhole(optimizer, parameters)
    checkByName(optimizer, parameters, FORM)
    return mapRecord(parameters, parameter => ({ parameter, ...own }))
  }
  const list = isList(groups)
    ? joinNames(
        Object.fromEntries(
          groups.map((group, i) => {
            if (group instanceof Tensor) throw refusal(optimizer, FORM, groups)
            checkNotWhole(optimizer, group, name => `group ${i} as { parameters: ${name}.parameters, lr }`)
            if (isRecord(group) && !('parameters' in group) && Object.values(group)[0] instanceof Tensor)
              throw refusal(optimizer, `group ${i} as { parameters: net.parameters, lr }`, group)
            checkGiven(`${optimizer}: group ${i}`, group, GROUP)
            const { parameters, lr = rates.lr, weightDecay = rates.weightDecay } = group
            checkAtLeast0(optimizer, { [`lr of group ${i}`]: lr, [`weightDecay of group ${i}`]: weightDecay })
            return [i, of(parameters, { lr, weightDecay })]
          }),
        ),
      )
    : of(groups, rates)
  const names = new Map<Tensor, string>()
  for (const [name, { parameter }] of Object.entries(list)) {
    if (!parameter.requiresGrad) {
      throw new Error(
        `${optimizer}: ${name} is a parameter expected, got ${describe(parameter)} without a gradient`,
      )
    }
    const other = names.get(parameter)
    if (other !== undefined) {
      throw new Error(`${optimizer}: each parameter once expected, got one as ${other} and as ${name}`)
    }
    names.set(parameter, name)
  }
  if (names.size === 0) throw new Error(`${optimizer}: at least one parameter expected, got none`)
  return list
}

const FORM = 'parameters by name, { weight, bias }, or groups of them, [{ parameters, lr }],'

/** Throws on a net or a loss in place of its parameters; `form` shows these. */
function checkNotWhole(
  optimizer: string,
  given: unknown,
  form = (name: string) => `${name}.parameters`,
): void {
  if (typeof given !== 'function' || !('parameters' in given)) return
  const name = 'refreshEvery' in given ? 'loss' : 'net'
  throw new Error(`${optimizer}: ${form(name)} expected, got the ${name} itself`)
}

/** Throws unless it is an object whose entries are tensors; `form` says which. */
export function checkByName(op: string, tensors: Tensors, form: string, each = 'a parameter'): void {
  if (typeof tensors !== 'object' || tensors === null || tensors instanceof Tensor) {
    throw refusal(op, form, tensors)
  }
  for (const [name, t] of Object.entries(tensors)) {
    if (!(t instanceof Tensor)) throw refusal(op, `${name} as ${each}`, t)
  }
}

const isList = (groups: Groups): groups is readonly Group[] => Array.isArray(groups)
