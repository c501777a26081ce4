/** What a runtime's training printed. */
export interface Result {
  readonly version: string
  /** How many of the package's entry points were imported. */
  readonly imports: number
  readonly checksum: string
  /** Whether the program ended by itself; undefined for a page, which does not. */
  readonly ended?: boolean
}

export interface Runtime {
  /** As the command takes it. */
  readonly name: string
  readonly title: string
  /** An npm package that holds it, to be installed under this alias. */
  readonly install?: string
  /** Trains there. `folder` has the package and the programs, `installed` what `install` brought. */
  run(folder: string, installed: string): Promise<Result>
}

/** For one training, on a machine that does much else; one that hangs is a failure and not a wait. */
export const PATIENCE = 180_000
