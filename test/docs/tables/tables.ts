import { PUBLIC } from '../../../engine/ops/registry.ts'
import { LOSSES, type LossRow, PAIR_LOSSES } from '../../../losses/index.ts'
import { EXCEPTIONS, type Exception, PASSED_OVER } from '../../support/exceptions.ts'

type Tables = Readonly<Record<string, () => string>>

/** What the tests allow, in Markdown. */
const numbers: Tables = {
  'passed over': () => {
    const whys = [...new Set(Object.values(PASSED_OVER))]
    const inputs = (why: string): string =>
      Object.keys(PASSED_OVER)
        .filter(input => PASSED_OVER[input] === why)
        .map(code)
        .join(', ')
    return table(
      ['input', 'why'],
      whys.map(why => [inputs(why), why]),
    )
  },
  exceptions: () =>
    table(
      ['modes', 'ops', 'differs', 'why'],
      EXCEPTIONS.map(({ modes, ops, kind, why }) => [list(modes), list(ops), DIFFERS[kind], why]),
    ),
}

const DIFFERS: Readonly<Record<Exception['kind'], string>> = {
  more: 'NaN in places nearby too',
  other: 'other values at edges',
  lost: 'NaN may be lost',
}

const list = (names: readonly string[]): string => names.map(code).join(', ')

/** What the registry of losses says. */
const losses: Tables = {
  losses: () =>
    table(
      ['loss', 'over class centres', 'equation', 'paper'],
      LOSSES.filter(row => learnedTwin(row) === undefined).map(row => {
        const centred = LOSSES.find(other => learnedTwin(other) === row)
        return [code(row.name), centred ? code(centred.name) : '', code(row.equation), linked(row.paper)]
      }),
    ),
  'class centres': () => {
    const rows = LOSSES.filter(row => learnedTwin(row) !== undefined)
    const free = rows.filter(row => equationParts(row).logits !== learnedTwin(row)?.equation)
    const odd = free.find(row => equationParts(row).logits !== withLength(learnedTwin(row)!.equation))
    if (odd)
      throw new Error(`tables: the learned form with ‖x‖ for s expected of ${odd.name}, got ${odd.equation}`)
    return [
      ...new Set(rows.map(row => code(equationParts(row).weights))),
      `In ${list(free.map(row => row.name))} the default of \`s\` is \`'norm'\`: ‖x‖ stands for s in the equations above.`,
    ].join('\n\n')
  },
  pairs: () =>
    table(
      ['loss', 'equation', 'paper'],
      PAIR_LOSSES.map(row => [code(row.name), code(row.equation), linked(row.paper)]),
    ),
}

const ops: Tables = {
  ops: () =>
    table(
      ['op', 'shapes', 'equation'],
      PUBLIC.map(({ name, signature, equation }) => [name, signature, equation].map(code)),
    ),
}

/** The pages with generated tables, as paths from the root. */
export const PAGES: Readonly<Record<string, Tables>> = {
  'examples/docs/losses.md': losses,
  'examples/docs/ops.md': ops,
  'engine/NUMBERS.md': numbers,
}

/** The loss of the same margin over a learned W, for one over class centres. */
const learnedTwin = ({ margin, prototypes }: LossRow): LossRow | undefined =>
  prototypes === 'learned'
    ? undefined
    : LOSSES.find(row => row.margin === margin && row.prototypes === 'learned')

const WEIGHTS = /^(.*); (w_j = .*)$/s

/** Of a form over class centres: its logits, and what w_j is. */
function equationParts({ name, equation }: LossRow): { logits: string; weights: string } {
  const [, logits, weights] = WEIGHTS.exec(equation) ?? []
  if (weights === undefined) throw new Error(`tables: logits; w_j = .. expected of ${name}, got ${equation}`)
  return { logits, weights }
}

const withLength = (equation: string): string => equation.replace(/\bs\b/g, '‖x‖')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

/** A bar would end the cell, in code too. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

const linked = (paper: string): string =>
  paper.replace(/arXiv:(\d{4}\.\d{5}(?:v\d)?)/g, '[arXiv:$1](https://arxiv.org/abs/$1)')

/** `text` with the tables anew, each between `<!-- name -->` and `<!-- /name -->`. Throws where it lacks such a place. */
export function withTables(text: string, tables: Tables): string {
  return Object.entries(tables).reduce((done, [name, make]) => {
    const place = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`)
    if (!place.test(done))
      throw new Error(`tables: <!-- ${name} --> to <!-- /${name} --> expected, got neither`)
    return done.replace(place, (_, begin: string, end: string) => `${begin}\n\n${make()}\n\n${end}`)
  }, text)
}
