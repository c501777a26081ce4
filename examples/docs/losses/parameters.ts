import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LossRow } from '../../../losses/index.ts'

/** An option of a loss, as its docstring tells it. */
export interface Parameter {
  readonly name: string
  readonly about: string
}

const LOSSES = join(import.meta.dirname, '..', '..', '..', 'losses')

const PROTOTYPES = {
  learned: ['BlendOptions', 'SubCenterOptions', 'SimplexOptions', 'QueueOptions'],
  classCenters: ['CenterOptions', 'LearnedStepsOptions', 'PresetOptions'],
}

/** What `create` of that row takes: the margin's own options, those of the prototypes, and those of every loss. */
export function parametersOf({ margin, prototypes, name }: LossRow): Parameter[] {
  const own = margin === 'none' ? name : margin
  const interfaces = [
    `${own[0].toUpperCase()}${own.slice(1)}Options`,
    ...(margin === 'none' ? [] : PROTOTYPES[prototypes]),
    'LossOptions',
    ...(margin === 'none'
      ? []
      : [
          'LogitAdjustmentOptions',
          'FocalOptions',
          'LabelSmoothingOptions',
          'PullOptions',
          'DeferredOptions',
        ]),
    'ReductionOptions',
  ]
  const source = sources()
  const all = interfaces.flatMap(each => propertiesOf(source, each))
  // A margin that draws says what the seed of all losses is to it.
  return all.filter(({ name }, at) => all.findIndex(other => other.name === name) === at)
}

/** All of losses/ as one text. */
const sources = (): string =>
  readdirSync(LOSSES, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => readFileSync(join(LOSSES, file), 'utf8'))
    .join('\n')

/** The properties of an exported interface with their docstrings; none where there is no such interface. */
export function propertiesOf(source: string, name: string): Parameter[] {
  const body = source.match(new RegExp(`export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`))?.[1] ?? ''
  return [...body.matchAll(/\/\*\*([\s\S]*?)\*\/\n {2}(?:readonly )?(\w+)\??:/g)].map(
    ([, doc, property]) => ({
      name: property,
      about: doc
        .replace(/^\s*\*/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
    }),
  )
}
