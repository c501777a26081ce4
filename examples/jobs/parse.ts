import { availableParallelism } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import { closest } from 'fastest-levenshtein'
import { MODES } from '../../engine/backends/gpu/index.ts'
import { BACKENDS } from '../../engine/index.ts'

const BACKEND_NAMES = ['auto', ...BACKENDS.map(row => row.name), 'gpu', ...MODES.map(mode => `gpu:${mode}`)]

export function parseSeeds(text: string): number[] {
  return listOf(text, seed => {
    if (!/^\d+$/.test(seed) || Number(seed) > 2 ** 31 - 1) {
      throw new InvalidArgumentError(`Seeds are integers from 0 to 2147483647, got "${seed}".`)
    }
    return Number(seed)
  })
}

/** The parts between commas, each once. */
export function listOf<T>(text: string, parse: (part: string) => T): T[] {
  return [...new Set(text.split(',').map(part => parse(part.trim())))]
}

/** Names of losses among those that are known. */
export const parseLosses =
  (known: readonly string[]) =>
  (text: string): string[] =>
    listOf(text, name => {
      if (!known.includes(name)) {
        throw new InvalidArgumentError(`"${name}" is not a loss. Did you mean ${closest(name, known)}?`)
      }
      return name
    })

export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > Number.MAX_SAFE_INTEGER) {
      throw new InvalidArgumentError(`An integer >= ${least} expected.`)
    }
    return Number(text)
  }

/** Names with commas between them, in lines of at most `width`. */
export function wrapped(names: readonly string[], width: number): string[] {
  const lines = ['']
  for (const name of names.map((name, i) => (i < names.length - 1 ? `${name}, ` : name))) {
    if (lines[lines.length - 1].length + name.length > width) lines.push('')
    lines[lines.length - 1] += name
  }
  return lines.map(line => line.trimEnd())
}

export const backendOption = (): Option =>
  new Option('--backend <name>', 'what computes').choices(BACKEND_NAMES).default('auto', 'auto')

export const jobsOption = (): Option =>
  new Option('--jobs <number>', 'runs at a time; the figures do not depend on it')
    .argParser(wholeFrom(1))
    .default(availableParallelism(), 'one a core')
