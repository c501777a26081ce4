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
  const found = format.pattern.exec(file)
  if (found === null || Number(found[2]) < 1) {
    throw new Error(`parseReidName: ${format.name}: a name such as ${format.form} expected, got "${file}"`)
  }
  return { id: Number(found[1]), camera: Number(found[2]) }
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
 * folders). Throws when no image is left, and on an image whose name is of another form.
 */
export function reidImages(names: readonly string[], format: ReidFormat): ReidImages {
  const files = names.filter(name => /\.(?:jpg|jpeg|png)$/i.test(name)).sort()
  if (files.length === 0) {
    throw new Error(`reidImages: ${format.name}: JPEG or PNG files expected, got none of ${names.length}`)
  }
  const read = files.map(file => parseReidName(file, format))
  return {
    files,
    ids: Int32Array.from(read, ({ id }) => id),
    cameras: Int32Array.from(read, ({ camera }) => camera),
  }
}
