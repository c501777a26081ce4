import { describe, expect, it } from 'vitest'
import { generator, randn } from '../../../engine/index.ts'
import { type ParquetPackage, parquetFile } from '../../../models/watch/index.ts'

/** What a file would be made of; the files themselves are tested where the package is: test/stores. */
class Noted {
  static schema: object[] = []
  static columnData: Record<string, unknown>[] = []
  constructor({ schema }: { schema: object[] }) {
    Noted.schema = schema
  }
  write({ columnData }: { columnData: Record<string, unknown>[] }): void {
    Noted.columnData = columnData
  }
  finish(): void {}
}
class Bytes {
  getBuffer = (): ArrayBuffer => new ArrayBuffer(3)
}
const noted = { ByteWriter: Bytes, ParquetWriter: Noted } as unknown as ParquetPackage
const x = randn([3, 2], generator(0))

describe('parquetFile', () => {
  it.each([
    [[1, 2, -3], 'INT32'],
    [[1, 2.5, 3], 'DOUBLE'],
    [[1, 2, 2 ** 31], 'DOUBLE'],
    [[1, 2, -0], 'DOUBLE'],
    [[1, 2, Number.NaN], 'DOUBLE'],
    [['a', '', 'c'], 'BYTE_ARRAY'],
  ])('%j is a column of %s', async (column, type) => {
    await parquetFile(noted, x, { column })
    expect(Noted.schema[1]).toMatchObject({ name: 'column', type, repetition_type: 'REQUIRED' })
  })

  it('states no least and largest value of a column with NaN, and uses no dictionary for -0', async () => {
    await parquetFile(noted, x, {
      nan: [1, Number.NaN, 2],
      minus: [1, -0, 0],
      none: [1, 2.5, 0],
      text: ['NaN', '-0', ''],
    })
    const options = Noted.columnData.map(
      ({ name: _, data: __, ...options }: Record<string, unknown>) => options,
    )
    expect(options.slice(0, 4)).toEqual([{ statistics: false }, { encoding: 'PLAIN' }, {}, {}])
  })

  it('refuses by name what it cannot write', async () => {
    const refused = (error: string, ...given: unknown[]) =>
      expect((parquetFile as (...given: unknown[]) => Promise<unknown>)(...given)).rejects.toThrow(error)
    await refused('parquetFile: the package hyparquet-writer expected, got undefined')
    await refused('parquetFile: the package hyparquet-writer expected, got', {}, x, { a: [1, 2, 3] })
    await refused('parquetFile: metadata as columns by name expected, got', noted, x, ['a', 'b', 'c'])
    await refused('parquetFile: at least one column of metadata expected, got none', noted, x, {})
    await refused('parquetFile: 3 entries of a expected, got 2', noted, x, { a: [1, 2] })
    await refused('parquetFile: a of texts, or of numbers, expected, got "x" among them', noted, x, {
      a: [1, 'x', 3],
    })
    await refused('parquetFile: a of texts, or of numbers, expected, got undefined among them', noted, x, {
      a: [1, undefined, 3],
    })
    await refused('parquetFile: columns beside vector', noted, x, { vector: [1, 2, 3] })
    await refused('parquetFile: x[N,D]', noted, x.mul(Number.NaN), { a: [1, 2, 3] })
  })
})
