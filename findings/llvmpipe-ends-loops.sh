#!/usr/bin/env bash
# Mesa's llvmpipe (Debian 12: libgl1-mesa-dri 22.3.6, under Chromium's WebGL 2) ends the loops of a fragment shader after
# 65,535 turns in all, without an error: GL_NO_ERROR, the context stays, the pixel holds what was summed until then. GLSL
# has no such limit, and SwiftShader draws the whole sum. A sum over 100,000 terms is a third short.
#
# Output seen, with Chromium 156.0.8078.108:
#   llvmpipe: 100000 turns asked for, 65535 taken, error 0
#   SwiftShader: 100000 turns asked for, 100000 taken, error 0
#
# Wants Debian's packages chromium and libgl1-mesa-dri, and downloads nothing. Exits with 0 while that is so.
set -euo pipefail
command -v chromium >/dev/null || { echo 'chromium expected: apt-get install chromium' >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat > "$folder/page.html" <<'PAGE'
<pre id="out"></pre>
<script>
const TURNS = 100000
const gl = document.createElement('canvas').getContext('webgl2')
gl.getExtension('EXT_color_buffer_float')
const shader = (kind, text) => {
  const made = gl.createShader(kind)
  gl.shaderSource(made, '#version 300 es\n' + text)
  gl.compileShader(made)
  gl.attachShader(program, made)
}
const program = gl.createProgram()
shader(gl.VERTEX_SHADER, 'void main() { gl_Position = vec4(0, 0, 0, 1); gl_PointSize = 1.0; }')
shader(gl.FRAGMENT_SHADER, `precision highp float; precision highp int; uniform int n; out vec4 z;
  void main() { float sum = 0.0; for (int i = 0; i < n; i++) { sum += 1.0; } z = vec4(sum); }`)
gl.linkProgram(program)
gl.useProgram(program)
gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, 1, 1, 0, gl.RGBA, gl.FLOAT, null)
const texture = gl.getParameter(gl.TEXTURE_BINDING_2D)
gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer())
gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0)
gl.viewport(0, 0, 1, 1)
gl.uniform1i(gl.getUniformLocation(program, 'n'), TURNS)
gl.drawArrays(gl.POINTS, 0, 1)
const pixel = new Float32Array(4)
gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, pixel)
document.getElementById('out').textContent = `${TURNS} turns asked for, ${pixel[0]} taken, error ${gl.getError()}`
</script>
PAGE

root=()
[ "$(id -u)" = 0 ] && root=(--no-sandbox)

draw() {
  LIBGL_ALWAYS_SOFTWARE=1 chromium --headless "${root[@]}" --no-first-run --disable-background-networking \
    --disable-component-update --disable-dev-shm-usage --user-data-dir="$folder/$1" "${@:2}" \
    --dump-dom "file://$folder/page.html" 2>/dev/null | sed -n 's/.*<pre id="out">\(.*\)<\/pre>.*/\1/p'
}
pipe=$(draw llvmpipe --use-gl=angle --use-angle=gl-egl --ignore-gpu-blocklist)
swift=$(draw SwiftShader --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader)
echo "llvmpipe: $pipe"
echo "SwiftShader: $swift"
[ "$pipe" = '100000 turns asked for, 65535 taken, error 0' ] &&
  [ "$swift" = '100000 turns asked for, 100000 taken, error 0' ]
