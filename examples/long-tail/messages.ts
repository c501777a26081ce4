import type { Points, Run } from './results.ts'

/** What a run's process tells the main one. */
export type Message =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'done'; readonly run: Run; readonly points?: Points }
  | { readonly kind: 'failed'; readonly error: string }
