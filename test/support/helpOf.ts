import type { Command } from 'commander'

/** What `--help` prints, with what was added after it. */
export function helpOf(command: Command): string {
  let text = ''
  command
    .configureOutput({
      writeOut: line => {
        text += line
      },
    })
    .outputHelp()
  return text
}
