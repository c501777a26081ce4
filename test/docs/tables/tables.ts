import { OPS } from '../../../engine/index.ts'
import { LOSSES, type LossRow } from '../../../losses/index.ts'

/** What a registry says, in Markdown. */
const TABLES: Readonly<Record<string, () => string>> = {
  losses: () =>
    table(
      ['loss', 'over class centres', 'equation', 'paper'],
      LOSSES.filter(row => learnedTwin(row) === undefined).map(row => {
        const centred = LOSSES.find(other => learnedTwin(other) === row)
        return [code(row.name), centred ? code(centred.name) : '', code(row.equation), linked(row.paper)]
      }),
    ),
  'class centres': () => {
    const own = LOSSES.flatMap(row => {
      const twin = learnedTwin(row)
      return twin ? [code(row.equation.slice(twin.equation.length + 2))] : []
    })
    return [...new Set(own)].join('\n\n')
  },
  ops: () =>
    table(
      ['op', 'shapes', 'equation'],
      OPS.map(({ name, signature, equation }) => [name, signature, equation].map(code)),
    ),
}

/** The loss of the same margin over a learned W, for one over class centres. */
const learnedTwin = ({ margin, prototypes }: LossRow): LossRow | undefined =>
  prototypes === 'learned'
    ? undefined
    : LOSSES.find(row => row.margin === margin && row.prototypes === 'learned')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

/** A bar would end the cell, in code too. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``

const linked = (paper: string): string =>
  paper.replace(/arXiv:(\d+\.\d+)/g, '[arXiv:$1](https://arxiv.org/abs/$1)')

/** `text` with the tables anew, each between `<!-- name -->` and `<!-- /name -->`. Throws where it lacks such a place. */
export function withTables(text: string): string {
  return Object.entries(TABLES).reduce((done, [name, make]) => {
    const place = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`)
    if (!place.test(done))
      throw new Error(`tables: <!-- ${name} --> to <!-- /${name} --> expected, got neither`)
    return done.replace(place, (_, begin: string, end: string) => `${begin}\n\n${make()}\n\n${end}`)
  }, text)
}
