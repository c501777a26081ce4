/** What the main process tells a run's: end the training where it is, and judge the net as it is. */
export const STOP = 'stop'

/** What a run's process tells the main one. */
export type Message<Result> =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: string }
