import { describe, expect, it } from 'vitest'
import { tensor } from '../../engine/index.ts'
import { gpuSubjects } from '../support/backends.ts'

describe.each(gpuSubjects())('$name', ({ create }) => {
  it('that was disposed computes and reads no more, and leaves the next one alone', async () => {
    const disposed = 'gpu: this backend was disposed'
    const backend = await create()
    const x = tensor([1, 2, 3], { backend })
    expect([...(await x.mul(2).data())]).toEqual([2, 4, 6])
    backend[Symbol.dispose]()
    expect(() => x.mul(2)).toThrow(disposed)
    expect(() => tensor([1], { backend })).toThrow(disposed)
    await expect(x.data()).rejects.toThrow(disposed)
    expect(() => backend.dispose()).not.toThrow()

    const next = await create()
    expect([...(await tensor([1, 2, 3], { backend: next }).mul(2).data())]).toEqual([2, 4, 6])
    next.dispose()
  })
})
