import { shown } from '../../engine/check.ts'

/** The images of templates, a row for each: an image that is in two templates has two rows. */
export interface TemplateImages {
  readonly files: readonly string[]
  /** The template of each row, and the medium in it: a photo, or a video, whose frames have one. */
  readonly templates: Int32Array
  readonly media: Int32Array
}

/**
 * The list of the templates' images of IJB-B and IJB-C, `ijbc_face_tid_mid.txt`: lines `file template medium`.
 * Source: insightface, recognition/_evaluation_/ijb/ijb_11.py, `read_template_media_list`. Line ends may be CR LF, lines may be
 * empty, and the text may begin with a byte order mark, here and in the lists below.
 * Throws on a line of another form, with its number.
 */
export function parseTemplateImages(text: string): TemplateImages {
  const rows = linesOf('parseTemplateImages', text).map(line => {
    const [, file, template, medium] = /^(.*\S)\s+(\d+)\s+(\d+)$/.exec(line.text) ?? []
    if (isId(template) && isId(medium)) return { file, template, medium }
    throw malformed('parseTemplateImages', line, '"file template medium"')
  })
  return {
    files: rows.map(({ file }) => file),
    templates: Int32Array.from(rows, ({ template }) => Number(template)),
    media: Int32Array.from(rows, ({ medium }) => Number(medium)),
  }
}

/** Templates, and the subject that each shows. */
export interface TemplateSubjects {
  readonly templates: Int32Array
  readonly subjects: Int32Array
}

/**
 * The templates of a gallery or of the probes of 1:N, `ijbc_1N_gallery_G1.csv`, `ijbc_1N_probe_mixed.csv`, ..: a line of
 * headings, then lines `template,subject,..`, whose rest is not read. A template may stand in several lines, one for each of its
 * images.
 * -> templates[T] subjects[T], each template once, in the order of the list
 * Source: insightface, recognition/_evaluation_/ijb/ijb_1n.py, `read_template_subject_id_list`.
 * Throws on a line of another form, and on a template of two subjects.
 */
export function parseTemplateSubjects(text: string): TemplateSubjects {
  const subjects = new Map<number, number>()
  for (const line of linesOf('parseTemplateSubjects', text).slice(1)) {
    const [template, subject] = line.text.split(',').map(word => word.trim())
    if (!isId(template) || !isId(subject))
      throw malformed('parseTemplateSubjects', line, '"template,subject"')
    const known = subjects.get(Number(template)) ?? Number(subject)
    if (known !== Number(subject)) {
      throw malformed('parseTemplateSubjects', line, `template ${template} of subject ${known}, as before,`)
    }
    subjects.set(Number(template), known)
  }
  return { templates: Int32Array.from(subjects.keys()), subjects: Int32Array.from(subjects.values()) }
}

/** Detected faces, a row for each. */
export interface DetectedFaces {
  readonly files: readonly string[]
  /** points[N,5,2], row-major: x and y of eyes, nose and corners of the mouth. */
  readonly points: Float32Array
  /** What `templateMeans` takes as weights. */
  readonly scores: Float32Array
}

/** Of five points. */
const COORDINATES = 10

/**
 * The faces of IJB's images, `ijbc_name_5pts_score.txt`: lines `file x1 y1 .. x5 y5 score`, in the order of
 * `ijbc_face_tid_mid.txt`.
 * Source: insightface, recognition/_evaluation_/ijb/ijb_11.py, `get_image_feature`. Throws on a line of another form.
 */
export function parseDetectedFaces(text: string): DetectedFaces {
  const rows = linesOf('parseDetectedFaces', text).map(line => {
    const [file, ...words] = line.text.split(/\s+/)
    const numbers = words.map(word => (word === '' ? Number.NaN : Number(word)))
    if (numbers.length === COORDINATES + 1 && numbers.every(Number.isFinite)) return { file, numbers }
    throw malformed('parseDetectedFaces', line, '"file x1 y1 .. x5 y5 score"')
  })
  return {
    files: rows.map(({ file }) => file),
    points: Float32Array.from(rows.flatMap(({ numbers }) => numbers.slice(0, COORDINATES))),
    scores: Float32Array.from(rows, ({ numbers }) => numbers[COORDINATES]),
  }
}

interface Line {
  readonly text: string
  readonly number: number
}

function linesOf(op: string, text: string): Line[] {
  if (typeof text !== 'string') throw new Error(`${op}: the list's text expected, got ${shown(text)}`)
  const lines = text
    .split(/\r\n|\r|\n/)
    // A byte order mark is white space, to `trim`.
    .map((line, i) => ({ text: line.trim(), number: i + 1 }))
    .filter(line => line.text !== '')
  if (lines.length === 0) throw new Error(`${op}: at least one line expected, got none`)
  return lines
}

const malformed = (op: string, { text, number }: Line, form: string): Error =>
  new Error(`${op}: line ${number}: ${form} expected, got "${text.slice(0, 100)}"`)

const isId = (word: string | undefined): boolean => /^\d{1,10}$/.test(word ?? '') && Number(word) < 2 ** 31
