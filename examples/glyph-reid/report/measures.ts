import type { Figures, Groups, OpenSet } from '../train/results.ts'
import type { Of } from '../train/summary.ts'

/** A figure of a run, shares in 0..1, under its column's head. */
export interface Measure {
  readonly head: string
  readonly of: Of
}

/** Measures under one heading. */
export interface Group {
  readonly title: string
  readonly measures: readonly Measure[]
}

const groups = (of: (run: Figures) => Groups): Measure[] => [
  { head: 'all', of: run => of(run).all },
  { head: 'many', of: run => of(run).many },
  { head: 'medium', of: run => of(run).medium },
  { head: 'few', of: run => of(run).few },
]

const openSet = (of: (run: Figures) => OpenSet): Measure[] => [
  { head: 'rank-1', of: run => of(run).rank1 },
  { head: 'rank-5', of: run => of(run).rank5 },
  { head: 'mAP', of: run => of(run).map },
  { head: 'AUC', of: run => of(run).auc },
  { head: 'TAR at FAR 1 %', of: run => of(run).tar2 },
  { head: 'at 0.1 %', of: run => of(run).tar },
]

export const CLOSED: readonly Group[] = [
  { title: 'by prototypes', measures: groups(run => run.closed) },
  { title: 'by nearest class mean', measures: groups(run => run.closed.ncm) },
]

export const OPEN: readonly Group[] = [
  { title: 'P1: unseen identities, seen fonts', measures: openSet(run => run.p1) },
  { title: 'P2: unseen identities, unseen fonts', measures: openSet(run => run.p2) },
]

/** The tail, what it costs the head, the embedding by itself, and the open set: what a change of loss is judged by. */
export const KEY: readonly Group[] = [
  { title: 'by prototypes', measures: pick(CLOSED[0], ['few', 'many', 'all']) },
  { title: 'by nearest mean', measures: pick(CLOSED[1], ['few', 'all']) },
  { title: 'P1', measures: pick(OPEN[0], ['rank-1', 'mAP']) },
  { title: 'P2', measures: pick(OPEN[1], ['rank-1', 'mAP']) },
]

function pick({ measures }: Group, heads: readonly string[]): Measure[] {
  return heads.map(head => measures.find(measure => measure.head === head)!)
}
