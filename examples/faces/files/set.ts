import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../../models/node/writeWhole.ts'
import { counts, pairsOf, type Size } from '../people.ts'
import { drawPerson, imageName } from './draw.ts'
import { writeRecordIo } from './recordIo.ts'
import { writeVerificationBin } from './verificationBin.ts'

/** A set of drawn people in a folder: `train/` and `strangers/` with a folder a person, and the same as train.rec, train.idx and strangers.bin. */
export interface FaceSet {
  readonly folder: string
  readonly size: Size
  readonly seed: number
}

/** A part of the drawing: every `of`-th person from the `part`-th on. */
export interface Share {
  readonly part: number
  readonly of: number
}

/** A seed has 2^20 people. */
const PEOPLE = 2 ** 20

interface Person {
  readonly folder: string
  readonly seed: number
  readonly images: number
}

const named = (k: number): string => String(k).padStart(5, '0')

const people = ({ folder, size, seed }: FaceSet): { train: Person[]; strangers: Person[] } => {
  const person = (part: string, k: number, place: number, images: number): Person => ({
    folder: join(folder, part, named(k)),
    seed: seed * PEOPLE + place,
    images,
  })
  const { identities, strangers, views } = size
  return {
    train: counts(size).map((images, k) => person('train', k, k, images)),
    strangers: Array.from({ length: strangers }, (_, k) => person('strangers', k, identities + k, views)),
  }
}

function* shared(set: FaceSet, { part, of }: Share): Generator<Person> {
  const { train, strangers } = people(set)
  for (const [k, person] of [...train, ...strangers].entries()) if (k % of === part) yield person
}

/** Images of a share. */
export function imagesOf(set: FaceSet, share: Share): number {
  let images = 0
  for (const person of shared(set, share)) images += person.images
  return images
}

/** Draws a share, telling how many images there are; `false` ends it. */
export function drawShare(set: FaceSet, share: Share, drawn: (images: number) => boolean): number {
  let images = 0
  for (const person of shared(set, share)) {
    drawPerson(person.folder, person.seed, person.images)
    images += person.images
    if (!drawn(images)) break
  }
  return images
}

/** Written last of all. */
const MARK = 'faces.json'

export const isWhole = ({ folder, size, seed }: FaceSet): boolean => {
  const path = join(folder, MARK)
  return existsSync(path) && readFileSync(path, 'utf8') === markOf({ folder, size, seed })
}

const markOf = ({ size, seed }: FaceSet): string => `${JSON.stringify({ seed, ...size })}\n`

/** Writes the containers out of the folders. */
export function writeContainers(set: FaceSet): void {
  const { train, strangers } = people(set)
  const read = (list: readonly Person[]) => {
    const paths = list.flatMap(({ folder, images }) =>
      Array.from({ length: images }, (_, i) => join(folder, imageName(i))),
    )
    return (i: number): Uint8Array => readFileSync(paths[i])
  }
  writeRecordIo(join(set.folder, 'train'), counts(set.size), read(train))
  writeVerificationBin(join(set.folder, 'strangers.bin'), pairsOf(set.size, set.seed), read(strangers))
  writeWhole(join(set.folder, MARK), markOf(set))
}
