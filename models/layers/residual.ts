import { checkGiven } from '../../engine/check.ts'
import { add, type State, type Tensor } from '../../engine/index.ts'
import { checkCallable } from '../made.ts'
import { joinNames, joinStates, loadParts, mapRecord } from '../state.ts'
import type { ForwardOptions, Layer } from './layer.ts'

export interface ResidualOptions {
  /** f. */
  branch: Layer
  /** g, where f changes the shape; by default x itself. */
  shortcut?: Layer
}

/** z = g(x) + f(x) (He 2016, equations 1 and 2). Parameters are named `branch.*` and `shortcut.*`. */
export function residual(options: ResidualOptions): Layer {
  checkGiven('layers.residual', options, { branch: true, shortcut: true })
  const { branch, shortcut } = options
  checkCallable('layers.residual', 'branch', branch, 'a layer')
  if (shortcut !== undefined) checkCallable('layers.residual', 'shortcut', shortcut, 'a layer')
  const parts: Record<string, Layer> = shortcut === undefined ? { branch } : { branch, shortcut }
  const call = (x: Tensor, options?: ForwardOptions): Tensor =>
    add(shortcut === undefined ? x : shortcut(x, options), branch(x, options))
  return Object.assign(call, {
    description: { kind: 'residual' as const, branch, shortcut },
    parameters: joinNames(mapRecord(parts, part => part.parameters)),
    state: () => joinStates(mapRecord(parts, part => part.state())),
    load: (state: State) => loadParts('layers.residual', parts, state),
  })
}
