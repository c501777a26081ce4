import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { include: ['test/stores/**/*.test.ts'], testTimeout: 240_000 } })
