import { existsSync, readFileSync } from 'node:fs'
import type { Memory } from './protocol.ts'

const STATUS = '/proc/self/status'

/**
 * The most memory that was ever resident. Linux tells it of the program: getrusage also counts what the process had that
 * started it, before it became this program.
 */
export function mostMemory(): Memory {
  if (!existsSync(STATUS)) return { bytes: process.resourceUsage().maxRSS * 1024 }
  const kib = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))
  if (kib === null) throw new Error(`memory: VmHWM in ${STATUS} expected, got none`)
  return { bytes: Number(kib[1]) * 1024 }
}
