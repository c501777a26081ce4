import { Command } from 'commander'

export interface Options {
  readonly sheet?: string
  readonly json?: boolean
  readonly rebuild?: boolean
}

const DESCRIPTION = `Builds the glyph data set: characters in many typefaces, a face data set that anyone can install. An identity is a character, its images are that character in up to 109 font families. Prints how many images and identities each protocol has. The first time it installs the fonts.`

const MORE = `
With --json, one line: {hash, families, faces, allFaces, oneFaceAFamily, natural, controlled}
  A protocol is {train, p1, p2, closed, tail, validation}, each part {images, identities}:
  p1          identities never trained on, in font families trained on
  p2          identities never trained on, in font families never trained on
  closed      identities trained on, in font families never trained on
  tail        training images an identity: largest, median, smallest; identities with many (>= 30),
              medium (6-29) and few (<= 5)
  validation  the same parts again within what is no test image, to choose on

Examples:
  $ npm run glyphs
  $ npm run glyphs -- --sheet sheet.png
  $ npm run --silent glyphs -- --json > counts.json`

export function command(): Command {
  return new Command('npm run glyphs --')
    .description(DESCRIPTION)
    .option('--sheet <file>', 'write a picture of some of the images there, a PNG')
    .option('--json', 'the counts as a line of JSON on standard output, and no table')
    .option('--rebuild', 'build the set again, even if it is there')
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

/** The options in `argv`, without node's own two. Ends the process with a message on bad ones. */
export const parseOptions = (argv: readonly string[]): Options =>
  command().parse(argv, { from: 'user' }).opts<Options>()
