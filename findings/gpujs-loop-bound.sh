#!/usr/bin/env bash
# gpu.js 2.24.1, mode 'webgl' in a browser: a loop whose end is a variable set by Math.min(..) of arguments does not compile.
# GLSL ES 1.00 takes constants alone as ends of loops. For an end that is an argument, or a conditional of arguments, gpu.js
# writes a loop to a constant with a break inside; a call of Math.min it takes for a constant. Mode 'webgl2' takes both.
#
# Output seen (the sum of 0..4, with Chromium 156.0.8078.108):
#   webgl, n < m ? n : m: 10
#   webgl, Math.min(n, m): Loop index cannot be compared with non-constant expression
#   webgl2, n < m ? n : m: 10
#   webgl2, Math.min(n, m): 10
#
# Exits with 0 while that is so. Wants Node with npm, and Debian's package chromium.
set -euo pipefail
command -v chromium >/dev/null || { echo 'chromium expected: apt-get install chromium' >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --omit=optional --silent gpu.js@2.24.1
cat >page.html <<'PAGE'
<script src="node_modules/gpu.js/dist/gpu-browser.js"></script>
<pre id="out"></pre>
<script>
const Maker = GPU.GPU ?? GPU
const ENDS = ['n < m ? n : m', 'Math.min(n, m)']
const lines = ['webgl', 'webgl2'].flatMap(mode => ENDS.map(end => {
  const source = `function (x, n, m) {
    const end = ${end};
    let sum = 0;
    for (let i = 0; i < end; i++) { sum += x[i]; }
    return sum;
  }`
  try {
    const kernel = new Maker({ mode }).createKernel(source, { output: [1], argumentTypes: ['Array', 'Float', 'Float'] })
    return `${mode}, ${end}: ${kernel(Float32Array.of(0, 1, 2, 3, 4, 5), 5, 6)[0]}`
  } catch (error) {
    return `${mode}, ${end}: ${/Loop index[^\n]*/.exec(error.message) ?? error.message}`
  }
}))
document.getElementById('out').textContent = lines.join('\n')
</script>
PAGE
root=()
[ "$(id -u)" = 0 ] && root=(--no-sandbox)
chromium --headless "${root[@]}" --no-first-run --disable-background-networking --disable-component-update \
  --disable-dev-shm-usage --user-data-dir="$folder/profile" --use-gl=angle --use-angle=swiftshader \
  --enable-unsafe-swiftshader --dump-dom "file://$folder/page.html" 2>/dev/null |
  sed -n '/<pre id="out">/,/<\/pre>/p' | sed 's/<[^>]*>//g; s/&lt;/</g; s/\s*$//' | tee seen
diff seen - <<'EXPECTED'
webgl, n < m ? n : m: 10
webgl, Math.min(n, m): Loop index cannot be compared with non-constant expression
webgl2, n < m ? n : m: 10
webgl2, Math.min(n, m): 10
EXPECTED
