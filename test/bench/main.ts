/** `npm run bench`: see options.ts for what it takes. */
import type { Case } from './cases/case.ts'
import { hurried } from './cases/quick.ts'
import { picker, type Section, select } from './cases/select.ts'
import { oursOf } from './contestants.ts'
import { engineCases, type MeasuredCase } from './engine/measure.ts'
import { type Field, Fields } from './fields.ts'
import { galleryCases } from './gallery/gallery.ts'
import { CLOCK } from './harness/clock.ts'
import { race, WRONG } from './harness/race.ts'
import { lossCases } from './losses/measure.ts'
import { type Group, type Options, parseOptions } from './options.ts'
import { json, type Line, lineOf } from './report/line.ts'
import { Table } from './report/table.ts'
import { classCases } from './scale/classes.ts'
import { dataCases } from './scale/data.ts'

/** The turns of the SIMD peak beside the contestants, in milliseconds. */
const PEAK_TURN = 3

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  process.env[CLOCK] = options.clock
  const sections = select(options)
  const measured = selectMeasured(options)
  if (sections.length + measured.length === 0) {
    console.error(`error: --only: the name of a case or a part of it expected, got ${options.only}`)
    return 1
  }
  const failed = sections.length > 0 ? await races(sections, options) : 0
  for (const [i, c] of measured.entries()) {
    if (!options.json && c.header !== undefined && c.header !== measured[i - 1]?.header) console.log(c.header)
    await measure(c, options.json)
  }
  return failed > 0 ? 1 : 0
}

function selectMeasured(options: Options): MeasuredCase[] {
  const { group = 'engine', steps, rounds } = options
  const ours = oursOf(options)
  const groups: Partial<Record<Group, () => MeasuredCase[]>> = {
    engine: () => engineCases({ ours, steps }),
    losses: () => lossCases(ours, rounds),
    gallery: () => galleryCases(ours),
    scale: () => [...classCases(ours), ...dataCases(ours, rounds)],
  }
  const all = groups[group]?.() ?? []
  const picked = picker(
    options.only,
    all.map(c => c.name),
  )
  return all.filter(c => picked(c.name))
}

/** Runs the tables; gives in how many cases ours has no result, or one that nobody agrees with. */
async function races(sections: readonly Section[], options: Options): Promise<number> {
  const comment = options.json ? (line: string) => console.error(`# ${line}`) : console.log
  if (options.clock !== 'wall') comment(`times are of the ${options.clock}`)
  const fields = new Fields(options, comment)
  let failed = 0
  for (const section of sections) failed += await raceAll(section, await fields.of(section), options)
  await fields.stop()
  return failed
}

async function raceAll({ title, cases }: Section, field: Field, options: Options): Promise<number> {
  const table = new Table(
    cases.map(c => c.name),
    field.contestants.slice(1).map(({ name }) => name),
  )
  if (!options.json) console.log(`\n${title}\n${table.header()}`)
  let failed = 0
  for (const c of cases) {
    const lines = await raced(c, field, options)
    if (!field.missing && (lines[0].ours_ms === null || isAlone(lines))) failed++
    console.log(options.json ? lines.map(json).join('\n') : table.row(lines))
  }
  if (!options.json) for (const note of table.footnotes()) console.log(note)
  return failed
}

/** Two peers or more have another result than ours, and none has the same. */
function isAlone(lines: readonly Line[]): boolean {
  const others = lines.filter(({ reason }) => reason?.startsWith(WRONG)).length
  return others >= 2 && lines.every(({ peer_ms }) => peer_ms === null)
}

async function raced(
  c: Case,
  { contestants, peak }: Field,
  { rounds, budget, quick }: Options,
): Promise<Line[]> {
  const beside = (): void => {
    peak?.measure(PEAK_TURN)
  }
  const [first, ...others] = await race(quick ? hurried(c) : c, contestants, { rounds, budget, beside })
  const { name, flops, compares } = c
  const compared = { name, flops, compares, ours: first, peak: peak?.best }
  if (others.length === 0) return [lineOf(compared)]
  return others.map((outcome, i) => lineOf({ ...compared, peer: { name: contestants[i + 1].name, outcome } }))
}

async function measure(c: MeasuredCase, asJson: boolean): Promise<void> {
  try {
    const { lines, text } = await c.measure()
    const told = c.header === undefined ? `${c.name}: ${text}` : text
    console.log(asJson ? lines.map(json).join('\n') : told)
  } catch (error) {
    console.error(`error: ${c.name}: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
