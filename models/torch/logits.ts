import type { Margin } from '../../losses/margins/margin.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import type { Psi } from './psi.ts'
import { indented, literal } from './python.ts'

type Made = AnyLossOptions & { readonly margin: Margin }

/** Methods of the loss that its margin is made of. */
export function marginMethods({ lines, others, penalty, norm }: Psi): string[] {
  const method = (head: string, about: string, body: string | undefined): string[] =>
    body ? [`def ${head}:\n${indented(`"""${about}"""\n${body}`, 1)}`] : []
  return [
    ...method(
      `psi(self, cos, u, v, y${norm ? ', norm' : ''})`,
      'What stands for the cosine of each sample with its own class.',
      lines,
    ),
    ...method('others(self, c, cos, u, v)', 'What stands for the cosines with the other classes.', others),
    ...method('penalty(self, norm)', 'Added to the loss of each sample.', penalty),
  ]
}

/** Lines from x[N,D] and W, of which the sample's own class is the one of number `column`, to logits z[N,C]. */
export function logitsLines({ margin, subCenters: K = 1, pull = 0 }: Made, psi: Psi): string[] {
  const { s, unitX, unitW, annealing, detached } = margin
  const bends = psi.lines !== '' || psi.others !== undefined
  const remembers = Boolean(psi.memory)
  const whole = psi.others !== undefined || psi.scale !== undefined
  const norm = psi.norm === true || psi.penalty !== undefined || (bends && !unitX)
  const own = bends || remembers
  const lines: string[] = []
  if (unitX || own || pull > 0) lines.push('u = F.normalize(x)')
  if (norm) lines.push('norm = x.norm(dim=1, keepdim=True)')
  if (unitW) lines.push('V = F.normalize(W)')
  const product = `${unitX || whole ? 'u' : 'x'} @ ${unitW ? 'V' : 'W'}.T`
  const scale = psi.scale ?? (s === 1 ? '' : literal(s))
  const times = scale === '' ? '' : `${scale} * `
  const z = whole ? 'c' : 'z'
  lines.push(`${z} = ${whole ? '' : times}${product}`)
  if (K > 1)
    lines.push(`${z}, nearest = ${z}.view(len(x), -1, ${K}).max(2)  # of the prototypes of each class`)
  if (own) {
    const row = K > 1 ? 'row' : 'column'
    if (K > 1) lines.push(`row = ${K} * column + nearest.gather(1, column[:, None])[:, 0]`)
    if (!unitW) lines.push(`w = W[${row}]`)
    lines.push(`v = ${unitW ? `V[${row}]` : 'F.normalize(w)'}`, 'cos = (u * v).sum(1, keepdim=True)')
  }
  if (remembers) {
    lines.push('with torch.no_grad():  # what the margin remembers moves with each batch')
    lines.push(indented(psi.memory as string, 1))
  }
  const bent = psi.lines === '' ? 'cos' : `self.psi(cos, u, v, y${psi.norm ? ', norm' : ''})`
  if (psi.others !== undefined) {
    lines.push(`bent = self.others(c, cos, u, v).scatter(1, column[:, None], ${bent})`)
    if (detached) lines.push('bent = c + (bent - c).detach()  # the gradient is that of the plain cosines')
    return [...lines, `z = ${times}bent${unitX ? '' : ' * norm'}`]
  }
  if (psi.scale !== undefined) return [...lines, `z = ${times}c`]
  if (psi.lines === '') return lines
  if (annealing !== undefined) {
    const { lambda0, lambdaMin, gamma, power } = annealing
    lines.push(`lam = max(${lambdaMin}, ${lambda0} * (1 + ${gamma} * self.t) ** -${power})`)
  }
  const change = `${detached ? '(' : ''}${bent} - cos${detached ? ').detach()' : ''}`
  lines.push(`change = ${times}(${change})${annealing === undefined ? '' : ' / (1 + lam)'}`)
  if (!unitX) lines.push('change = change * norm')
  if (!unitW) lines.push('change = change * w.norm(dim=1, keepdim=True)')
  return [...lines, 'z = z.scatter_add(1, column[:, None], change)']
}
