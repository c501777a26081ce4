import type { Group, Options } from '../options.ts'
import type { PeerGroup } from '../peers/registry.ts'
import type { Case } from './case.ts'
import { classCases } from './classes.ts'
import { cpuCases } from './cpu.ts'
import { GPU_MODES, type GpuMode, gpuCases, gpuTitle } from './gpu.ts'
import { netCases, threadedCase } from './net.ts'
import { isQuick } from './quick.ts'
import { searchCases } from './search.ts'
import { stepCase, stepCases } from './step.ts'

/** A table of the bench. */
export interface Section {
  readonly title: string
  readonly cases: readonly Case[]
  /** Compared with ourselves on one thread, instead of with the peers, is ours on so many. */
  readonly threads?: number
  /** Whose peers take part. Default kernels. */
  readonly peers?: PeerGroup
  /** Ours in this mode of the GPU's, and its peers. */
  readonly mode?: GpuMode
}

const NET_TITLE =
  'net: steps of normFace, C = 1,000, s = 16, SGD; inferences of 8 images at 112, of 128 at 28'

type Raced = Exclude<Group, 'engine' | 'losses' | 'gallery'>

const SECTIONS: Readonly<Record<Raced, readonly Section[]>> = {
  cpu: [{ title: 'cpu: kernels, one thread', cases: cpuCases() }],
  step: [
    { title: 'step: batch 128, three convolutions, forward, backward, SGD', cases: stepCases() },
    { title: 'step, two threads', cases: [{ ...stepCase(2000), name: 'step C=2000 2 threads' }], threads: 2 },
  ],
  net: [
    { title: NET_TITLE, cases: netCases(), peers: 'nets' },
    { title: 'net, two threads', cases: [threadedCase(2)], peers: 'nets', threads: 2 },
  ],
  search: [{ title: 'search: figures of embeddings, one thread', cases: searchCases(), peers: 'search' }],
  scale: [
    { title: 'scale: all of 100,000 classes in a step, one thread', cases: classCases(), peers: 'classes' },
  ],
  gpu: GPU_MODES.map(mode => ({ title: gpuTitle(mode), cases: gpuCases(mode), mode })),
}

/** The cases of the group (of cpu and step without one) that `only` picks, by table. */
export function select({ group, only, quick }: Options): Section[] {
  const asked = group === undefined ? ['cpu', 'step'] : [group]
  const groups = asked.filter((name): name is Raced => Object.hasOwn(SECTIONS, name))
  const sections = groups.flatMap(name => SECTIONS[name])
  const picked = picker(
    only,
    sections.flatMap(({ cases }) => cases.map(c => c.name)),
  )
  return sections
    .map(section => ({
      ...section,
      cases: section.cases.filter(c => picked(c.name) && (!quick || only !== '' || isQuick(c))),
    }))
    .filter(section => section.cases.length > 0)
}

/** Picks the one of that name, or where none has it, those whose names contain it. */
export function picker(only: string, names: readonly string[]): (name: string) => boolean {
  return names.includes(only) ? name => name === only : name => name.includes(only)
}
