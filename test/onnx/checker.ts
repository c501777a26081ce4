import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { generator } from '../../engine/index.ts'
import { exportOnnx } from '../../models/index.ts'
import { DRAWN_LAYERS, type Drawn } from '../support/drawnLayers.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'

// Writes exported layers and nets of every kind to files and lets ONNX's own checker read them, with Python's package
// `onnx` (Debian: python3-onnx), which stands before this in the environment.

const EACH = 10
const folder = mkdtempSync(join(tmpdir(), 'onnx-'))
try {
  const kinds: [string, fc.Arbitrary<Drawn>][] = Object.entries({ ...DRAWN_LAYERS, ...DRAWN_NETS })
  for (const [kind, cases] of kinds) {
    fc.sample(cases, { seed: 1, numRuns: EACH }).forEach(({ build, input }, i) => {
      writeFileSync(join(folder, `${kind}-${i}.onnx`), exportOnnx(build(generator(i)), input))
    })
  }
  const script = fileURLToPath(new URL('checker.py', import.meta.url))
  const { status, error } = spawnSync('python3', [script, folder], { stdio: 'inherit' })
  if (error !== undefined) console.error(`test:onnx-checker: python3 with its package onnx: ${error.message}`)
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true })
}
