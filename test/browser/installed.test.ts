import { afterEach, expect, it, vi } from 'vitest'
import { findChromium } from './installed.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('takes the Chromium that is named', () => {
  vi.stubEnv('CHROMIUM', process.execPath)
  expect(findChromium()).toBe(process.execPath)
})

it('says how to install one where there is none', () => {
  vi.stubEnv('CHROMIUM', '/nowhere/chromium')
  expect(findChromium).toThrow(
    /Chromium expected, got \/nowhere\/chromium\. .*apt-get install chromium.*CHROMIUM=/,
  )
})
