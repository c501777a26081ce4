import type { Count, Counts, ProtocolCounts } from './counts.ts'

/** The hash of the set that the README describes: the fonts of the lock file, drawn and cleaned by this code. */
export const PUBLISHED = '0eb180abe008f4e4fda15af0d55b6778c3c1daab32e3991817cb303ecf665c3c'

/** The counts for people. */
export function table(counts: Counts): string {
  const { families, faces, allFaces, oneFaceAFamily, natural, controlled, hash } = counts
  return [
    `${faces} faces of ${families} families`,
    line('all faces', allFaces),
    line('one face a family', oneFaceAFamily),
    ...protocolLines('natural', natural),
    ...protocolLines('controlled', controlled),
    `\nhash ${hash}, ${hash === PUBLISHED ? 'as published' : `not the published ${PUBLISHED}`}`,
  ].join('\n')
}

function protocolLines(name: string, counts: ProtocolCounts): string[] {
  const { train, p1, p2, closed, tail, validation } = counts
  return [
    `\n${name}`,
    `${line('  train', train)}, ${tail.largest} to ${tail.smallest} each (median ${tail.median})`,
    `${' '.repeat(23)}${tail.many} identities of >= 30, ${tail.medium} of 6-29, ${tail.few} of <= 5`,
    line('  P1, seen fonts', p1),
    line('  P2, unseen fonts', p2),
    line('  closed set', closed),
    `  validation           train ${short(validation.train)}, P1 ${short(validation.p1)}, P2 ${short(validation.p2)}, closed ${short(validation.closed)}`,
  ]
}

const grouped = (n: number): string => n.toLocaleString('en-US')

const line = (name: string, { images, identities }: Count): string =>
  `${name.padEnd(20)}${grouped(images).padStart(8)} images of ${grouped(identities).padStart(5)} identities`

const short = ({ images, identities }: Count): string => `${grouped(images)}/${grouped(identities)}`
