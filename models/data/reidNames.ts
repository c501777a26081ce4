import { checkList, refusal } from '../../engine/check.ts'
import { isStray, plainName } from '../files.ts'

/** What the file name of a re-identification image tells. */
export interface ReidName {
  /** 1, 2, ...: a person; 0: a distractor; -1: junk. */
  readonly id: number
  /** From 1. */
  readonly camera: number
}

/** A set whose images are named after identity and camera. */
export interface ReidFormat {
  readonly name: string
  /** How its names look, for errors. */
  readonly form: string
  /** Its first group is the identity, an integer >= -1, and its second the camera, from 1. */
  readonly pattern: RegExp
  /** How many images the whole set has in each folder. */
  readonly counts: { readonly train: number; readonly query: number; readonly gallery: number }
}

/**
 * `0001_c1s1_000151_01.jpg`: identity 1 on camera 1, its sequence 1, frame 151, box 1. `0000` is a distractor,
 * `-1` junk, and both are in the gallery only.
 * Source: readme.txt of Market-1501 (Zheng et al., ICCV 2015).
 */
export const market1501: ReidFormat = {
  name: 'Market-1501',
  form: '0001_c1s1_000151_01.jpg',
  pattern: /^(-1|\d{4})_c(\d)s\d_\d{6}_\d{2}\.(?:jpg|jpeg|png)$/i,
  counts: { train: 12_936, query: 3_368, gallery: 19_732 },
}

/**
 * `0005_c2_f0046985.jpg`: identity 5 on camera 2, frame 46985. A gallery of 17,661 images, the people of one camera
 * only among them; they have identities of their own.
 * Source: README of DukeMTMC-reID_evaluation (Zheng et al., ICCV 2017; Ristani et al., ECCV workshops 2016).
 */
export const dukeMtmcReid: ReidFormat = {
  name: 'DukeMTMC-reID',
  form: '0005_c2_f0046985.jpg',
  pattern: /^(-1|\d{4})_c(\d)_f\d{7}\.(?:jpg|jpeg|png)$/i,
  counts: { train: 16_522, query: 2_228, gallery: 17_661 },
}

/** Identity and camera of a file name without its folder. Throws when it is not of the format's form. */
export function parseReidName(file: string, format: ReidFormat): ReidName {
  checkFormat('parseReidName', format)
  if (typeof file !== 'string') throw refusal('parseReidName', 'the name of a file', file)
  const name = nameIn(file, format)
  if (name === undefined) throw new Error(`parseReidName: ${malformed([file], format)}`)
  return name
}

function nameIn(file: string, { pattern }: ReidFormat): ReidName | undefined {
  const found = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(plainName(file))
  const [id, camera] = [Number(found?.[1] || Number.NaN), Number(found?.[2] || Number.NaN)]
  return isInt32(id) && id >= JUNK && isInt32(camera) && camera >= 1 ? { id, camera } : undefined
}

/** What `ids` and `cameras` hold as it is. */
const isInt32 = (value: number): boolean => (value | 0) === value

const JUNK = -1

function checkFormat(op: string, format: ReidFormat): void {
  if (format?.pattern instanceof RegExp) return
  throw refusal(op, 'a format, such as market1501,', format)
}

/** How many names an error shows. */
const NAMED = 100

function malformed(files: readonly string[], { name, form }: ReidFormat): string {
  const count = files.length > 1 ? `${files.length} others: ` : ''
  const listed = files.slice(0, NAMED).map(file => `"${file}"`)
  return `${name}: a name such as ${form} expected, got ${count}${listed.join(', ')}${files.length > NAMED ? ', ..' : ''}`
}

export interface ReidImages {
  /** In ascending order of code units, as MATLAB's `dir` lists them: equal similarities are ranked by it. */
  readonly files: readonly string[]
  readonly ids: Int32Array
  readonly cameras: Int32Array
}

/**
 * The images of a folder by the names of its files.  names -> files[N] ids[N] cameras[N], which `reid` takes
 * What is no JPEG or PNG by its extension is left out, as by the sets' own code (Market-1501 has Thumbs.db in its
 * folders), and so are hidden names, such as the `._0001_c1s1_000151_01.jpg` that a Mac adds to an archive. Throws when no
 * image is left, and on images whose names are of another form: all of them are named.
 */
export function reidImages(names: readonly string[], format: ReidFormat): ReidImages {
  checkFormat('reidImages', format)
  checkList('reidImages', 'names', names, 'of files')
  for (const name of names) if (typeof name !== 'string') throw refusal('reidImages', 'names of files', name)
  const files = names
    .map(plainName)
    .filter(name => /\.(?:jpg|jpeg|png)$/i.test(name) && !isStray(name))
    .sort()
  if (files.length === 0) {
    throw new Error(`reidImages: ${format.name}: JPEG or PNG files expected, got none of ${names.length}`)
  }
  const odd = files.filter(file => nameIn(file, format) === undefined)
  if (odd.length > 0) throw new Error(`reidImages: ${malformed(odd, format)}`)
  const read = files.map(file => parseReidName(file, format))
  return {
    files,
    ids: Int32Array.from(read, ({ id }) => id),
    cameras: Int32Array.from(read, ({ camera }) => camera),
  }
}
