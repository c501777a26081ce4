import { checkList } from '../engine/check.ts'
import { noGrad, type Shape, type Tensor, type TensorOptions, tidy, zeros } from '../engine/index.ts'
import { checkCallable } from './checks.ts'
import type { Layer } from './layers/index.ts'

/** A layer of a net: its name, the shape of what it gives for one sample, and how many parameters it has. */
export interface SummaryRow {
  readonly name: string
  readonly shape: Shape
  readonly parameters: number
}

/** The layers of a net in order, for samples of shape `input`; sequences are opened up. */
export function summaryRows(net: Layer, input: Shape, options: TensorOptions = {}): SummaryRow[] {
  checkCallable('summary', 'net', net, 'a net')
  checkList('summary', 'input', input, '[height, width, channels]')
  const rows: SummaryRow[] = []
  const pass = (name: string, layer: Layer, x: Tensor): Tensor => {
    if (layer.layers !== undefined) {
      const steps = Object.entries(layer.layers)
      return steps.reduce((z, [step, inner]) => pass(name === '' ? step : `${name}.${step}`, inner, z), x)
    }
    const z = layer(x)
    const parameters = Object.values(layer.parameters).reduce((n, p) => n + p.size, 0)
    rows.push({ name, shape: z.shape.slice(1), parameters })
    return z
  }
  tidy(() => noGrad(() => pass('', net, zeros([1, ...input], options))))
  return rows
}

/** The same as a table for people, with the sum of the parameters. */
export function summary(net: Layer, input: Shape, options: TensorOptions = {}): string {
  const rows = summaryRows(net, input, options)
  const total = rows.reduce((n, row) => n + row.parameters, 0)
  const cells = [
    ['layer', 'output', 'parameters'],
    ...rows.map(({ name, shape, parameters }) => [name, `[${shape}]`, parameters.toLocaleString('en')]),
    ['', '', total.toLocaleString('en')],
  ]
  const widths = [0, 1, 2].map(i => Math.max(...cells.map(row => row[i].length)))
  return cells
    .map(([name, shape, count]) =>
      `${name.padEnd(widths[0])}  ${shape.padEnd(widths[1])}  ${count.padStart(widths[2])}`.trimEnd(),
    )
    .join('\n')
}
