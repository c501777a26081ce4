/**
 * Names by their parts: each part, between dots, is what the table says, or itself; '' leaves it out. `block#` stands for
 * block1, block2, .., whose number counts from 0 on the other side.
 */
const byParts =
  (table: Readonly<Record<string, string>>) =>
  (name: string): string =>
    name
      .split('.')
      .map(part => {
        if (Object.hasOwn(table, part)) return table[part]
        const block = /^block(\d+)$/.exec(part)
        return block === null ? part : table['block#'].replace('#', `${Number(block[1]) - 1}`)
      })
      .filter(part => part !== '')
      .join('.')

/** Blocks of a stage, and the parts of one: those of the branch are the block's own. */
const RESIDUAL = { 'block#': '#', sum: '', branch: '', shortcut: 'downsample', conv: '0', bn: '1' }

/**
 * What tensors are called in files that others publish, by the net of ours:
 * `loadSafetensors(irNet(), bytes, { names: publishedNames.irNet })`.
 *
 * - `irNet`: IResNet of InsightFace (github.com/deepinsight/insightface, recognition/arcface_torch/backbones/iresnet.py).
 * - `mobileFaceNet`: MobileFaceNet of InsightFace (mobilefacenet.py beside it).
 * - `resNet50`: for `net.layers.base` ResNet of torchvision and timm, for the net that of Luo 2019
 *   (github.com/michuanhaohao/reid-strong-baseline).
 * - `lightCnn9`: network_9layers of its authors (github.com/AlfredXiangWu/LightCNN).
 */
export const publishedNames = {
  irNet: byParts(RESIDUAL),
  mobileFaceNet: byParts({
    stem: 'layers.0',
    stage1: 'layers.1',
    down2: 'layers.2',
    stage2: 'layers.3',
    down3: 'layers.4',
    stage3: 'layers.5',
    down4: 'layers.6',
    stage4: 'layers.7',
    sep: 'conv_sep',
    'block#': 'layers.#',
    branch: '',
    expand: 'layers.0',
    depthwise: 'layers.1',
    project: 'layers.2',
    conv: 'layers.0',
    bn: 'layers.1',
    act: 'layers.2',
    gdc: 'layers.0',
    fc: 'layers.2',
    norm: 'layers.3',
  }),
  resNet50: byParts(RESIDUAL),
  lightCnn9: byParts({
    conv1: 'features.0',
    group2: 'features.2',
    group3: 'features.4',
    group4: 'features.6',
    group5: 'features.7',
  }),
} satisfies Readonly<Record<string, (name: string) => string>>
