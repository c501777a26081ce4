import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createdFrom, lent } from '../../engine/backends/gpu/nodeWebGPU.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Of a module beside which a package `webgpu` of that version and text is installed. */
function beside(version: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ir-softmax-webgpu-'))
  folders.push(folder)
  const place = join(folder, 'node_modules', 'webgpu')
  mkdirSync(place, { recursive: true })
  const described = { name: 'webgpu', version, type: 'module', main: 'index.js' }
  writeFileSync(join(place, 'package.json'), JSON.stringify(described))
  writeFileSync(join(place, 'index.js'), text)
  return pathToFileURL(join(folder, 'module.js')).href
}

const CREATE = 'export const create = options => ({ options })'

describe('WebGPU of the package webgpu', () => {
  it.each(['0.6.0', '0.6.2', '0.10.0', '1.0.0'])('%s is taken', async version => {
    expect(await createdFrom(beside(version, CREATE))).toEqual({ options: [] })
  })

  it.each(['0.2.9', '0.5.0'])('%s is none', async version => {
    expect(await createdFrom(beside(version, CREATE))).toBeUndefined()
  })

  it('is none where it is not installed', async () => {
    expect(await createdFrom(pathToFileURL(join(tmpdir(), 'module.js')).href)).toBeUndefined()
  })

  it('says why it does not load', async () => {
    const broken = beside('0.6.2', "throw new Error('libstdc++: no GLIBCXX_3.4.31')")
    await expect(createdFrom(broken)).rejects.toThrow(
      'gpu: the package webgpu is installed and does not load: libstdc++: no GLIBCXX_3.4.31',
    )
  })
})

describe('what is lent', () => {
  const gpu = {}
  const seen = () => (globalThis.navigator as { gpu?: object } | undefined)?.gpu

  it('is in navigator.gpu so long as f runs, and then all is as it was', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
    expect(lent(gpu, seen)).toBe(gpu)
    const fail = () => {
      throw new Error('of f')
    }
    expect(() => lent(gpu, fail)).toThrow('of f')
    expect(Object.getOwnPropertyDescriptor(globalThis, 'navigator')).toEqual(before)
  })

  it('is nothing where there is none', () => {
    expect(lent(undefined, seen)).toBe(seen())
  })
})
