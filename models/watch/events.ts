import { PbfWriter } from 'pbf'
import type { Histogram } from './histogram.ts'

/**
 * What TensorBoard reads, as data and as bytes: the part of `Event`, `Summary`, `HistogramProto` and `SessionLog`
 * (github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto) that is written here. The number before each value below is
 * the schema's.
 */
export type What =
  | { readonly version: string }
  | { readonly restart: true }
  | { readonly scalars: Readonly<Record<string, number>> }
  | { readonly tag: string; readonly histogram: Histogram }

const START = 1

/** An event at a step, of `seconds` since 1970. */
export function encodeEvent(seconds: number, step: number, what: What): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeDoubleField(1, seconds)
  pbf.writeVarintField(2, step)
  if ('version' in what) pbf.writeStringField(3, what.version)
  else if ('restart' in what) pbf.writeMessage(7, writeStart, what)
  else if ('scalars' in what) pbf.writeMessage(5, writeScalars, what.scalars)
  else pbf.writeMessage(5, writeHistogramSummary, what)
  return pbf.finish()
}

function writeStart(_: What, pbf: PbfWriter): void {
  pbf.writeVarintField(1, START)
}

function writeScalars(scalars: Readonly<Record<string, number>>, pbf: PbfWriter): void {
  for (const scalar of Object.entries(scalars)) pbf.writeMessage(1, writeScalar, scalar)
}

function writeScalar([tag, value]: [string, number], pbf: PbfWriter): void {
  pbf.writeStringField(1, tag)
  pbf.writeFloatField(2, value)
}

type Tagged = Extract<What, { tag: string }>

function writeHistogramSummary(tagged: Tagged, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTagged, tagged)
}

function writeTagged({ tag, histogram }: Tagged, pbf: PbfWriter): void {
  pbf.writeStringField(1, tag)
  pbf.writeMessage(5, writeHistogram, histogram)
}

function writeHistogram({ min, max, sum, sumOfSquares, limits, counts }: Histogram, pbf: PbfWriter): void {
  pbf.writeDoubleField(1, min)
  pbf.writeDoubleField(2, max)
  pbf.writeDoubleField(
    3,
    counts.reduce((n, count) => n + count, 0),
  )
  pbf.writeDoubleField(4, sum)
  pbf.writeDoubleField(5, sumOfSquares)
  pbf.writePackedDouble(6, [...limits])
  pbf.writePackedDouble(7, [...counts])
}
