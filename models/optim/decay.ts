import { checkFunction, checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkByName, type Group } from './groups.ts'

type Tensors = Readonly<Record<string, Tensor>>

export interface DecayGroupsOptions {
  /** Of both groups. Default: the optimiser's. */
  lr?: number
  /** Of those that decay. Default: the optimiser's. */
  weightDecay?: number
  /** Does the parameter of that name decay? Default: it does where it has two dimensions or more. */
  decays?: (name: string, parameter: Tensor) => boolean
}

const KNOWN = {
  lr: ['learningRate', 'rate'],
  weightDecay: true,
  decays: ['mask'],
} satisfies OptionNames<DecayGroupsOptions>

/**
 * Parameters as two groups of an optimiser, those that decay and, with `weightDecay: 0`, those that do not: by default biases, the gains and
 * shifts of normalisations, and the slopes of PReLU, which all have one dimension.
 *
 *     adamW([...decayGroups(net.parameters), { parameters: loss.parameters }], { weightDecay: 0.05 })
 */
export function decayGroups(parameters: Tensors, options: DecayGroupsOptions = {}): [Group, Group] {
  const op = 'decayGroups'
  checkByName(op, parameters, 'parameters by name, { weight, bias },')
  checkOptions(op, options, KNOWN)
  const { decays = (_, p) => p.rank >= 2, weightDecay, lr } = options
  checkFunction(op, 'decays', decays)
  const groups: [Record<string, Tensor>, Record<string, Tensor>] = [{}, {}]
  for (const [name, p] of Object.entries(parameters)) groups[decays(name, p) ? 0 : 1][name] = p
  const rate = lr === undefined ? {} : { lr }
  return [
    { parameters: groups[0], ...rate, ...(weightDecay !== undefined && { weightDecay }) },
    { parameters: groups[1], ...rate, weightDecay: 0 },
  ]
}
