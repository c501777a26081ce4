import { type Embeddings, withRows } from '../evaluation/unitRows.ts'
import { checkEntries, columnsOf, type Metadata } from './metadata.ts'

/** The files of TensorBoard's projector: written into a run's folder under these names, or opened at projector.tensorflow.org. */
export interface ProjectorFiles {
  /** A row a line, D numbers between tabs, without a head. */
  readonly 'vectors.tsv': string
  /** A row a line; a head where there are two columns or more, as the projector wants it. */
  readonly 'metadata.tsv': string
  /** Says to TensorBoard that the folder has the two. */
  readonly 'projector_config.pbtxt': string
}

/**
 * Embeddings for TensorBoard's projector, which shows them in three dimensions:
 *
 *     const files = await projectorFiles(embed(net, x), { name: names })
 *     for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
 *
 * x[N,D] and at least one column of N texts or numbers; numbers of x as they are, to the last digit. Tabs and ends of lines in a text
 * become spaces. Throws where lengths do not fit, and on embeddings that are not finite.
 */
export async function projectorFiles(x: Embeddings, metadata: Metadata): Promise<ProjectorFiles> {
  const op = 'projectorFiles'
  const columns = columnsOf(op, metadata)
  return withRows(op, 'x', x, undefined, async rows => {
    const [n, d] = rows.shape
    checkEntries(op, columns, n)
    const values = await rows.data()
    const line = (i: number): string => Array.from(values.subarray(i * d, (i + 1) * d)).join('\t')
    const known = (i: number): string => columns.map(([, column]) => cell(column[i])).join('\t')
    const each = (text: (i: number) => string): string =>
      Array.from({ length: n }, (_, i) => `${text(i)}\n`).join('')
    const head = columns.length === 1 ? '' : `${columns.map(([name]) => cell(name)).join('\t')}\n`
    return {
      'vectors.tsv': each(line),
      'metadata.tsv': head + each(known),
      'projector_config.pbtxt':
        'embeddings {\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}\n',
    }
  })
}

const cell = (value: string | number): string => String(value).replace(/[\t\r\n]+/g, ' ')
