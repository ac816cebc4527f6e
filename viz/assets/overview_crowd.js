// Draws all boxes and all ways of an overview by WebGL: two calls, however many there are.
//
// What has fired by the present step is decided on the graphics card, by one number: a step uploads nothing.

const WAYS = {
  vertex: `#version 300 es
    layout(location = 0) in vec2 corner; // along the segment 0..1, across it -1..1
    layout(location = 1) in vec4 ends;
    layout(location = 2) in vec3 how; // share of the way at both ends, and the step at which it is taken
    uniform vec3 view; uniform vec2 size; uniform float wide; uniform float now;
    uniform vec3 quiet; uniform vec3 passed;
    out vec4 ink; out vec2 edge;
    void main() {
      vec2 a = ends.xy * view.z + view.xy, b = ends.zw * view.z + view.xy;
      vec2 along = b - a;
      float length_ = max(length(along), 1e-4);
      vec2 across = vec2(-along.y, along.x) / length_;
      // Thick where the forward pass comes from, thin where it goes to.
      float half_ = wide * mix(1.5, 0.55, mix(how.x, how.y, corner.x));
      float drawn = half_ + 0.5;
      vec2 at = mix(a, b, corner.x) + across * corner.y * drawn;
      gl_Position = vec4(at.x / size.x * 2.0 - 1.0, 1.0 - at.y / size.y * 2.0, 0.0, 1.0);
      ink = vec4(how.z <= now ? passed : quiet, min(1.0, 2.0 * half_));
      edge = vec2(corner.y * drawn, drawn);
    }`,
  fragment: `#version 300 es
    precision mediump float; in vec4 ink; in vec2 edge; out vec4 colour;
    void main() {
      float shown = ink.a * clamp(edge.y - abs(edge.x), 0.0, 1.0); // soft edges
      colour = vec4(ink.rgb * shown, shown);
    }`,
}
const BOXES = {
  vertex: `#version 300 es
    layout(location = 0) in vec2 corner;
    layout(location = 1) in vec4 box; // middle and half size
    layout(location = 2) in vec4 how; // colour, and the step at which it fires
    layout(location = 3) in float round_;
    uniform vec3 view; uniform vec2 size; uniform float now; uniform vec3 quiet; uniform float least;
    out vec2 at; out vec2 half_; out float radius; out vec3 ink;
    void main() {
      half_ = max(box.zw * view.z, vec2(least, least));
      at = corner * (half_ + 1.0);
      vec2 place = box.xy * view.z + view.xy + at;
      radius = round_ * min(half_.x, half_.y);
      ink = how.w <= now ? how.rgb : quiet;
      gl_Position = vec4(place.x / size.x * 2.0 - 1.0, 1.0 - place.y / size.y * 2.0, 0.0, 1.0);
    }`,
  fragment: `#version 300 es
    precision mediump float;
    in vec2 at; in vec2 half_; in float radius; in vec3 ink; uniform vec3 edge; out vec4 colour;
    void main() {
      vec2 q = abs(at) - half_ + radius;
      float away = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - radius;
      float inside = clamp(0.5 - away, 0.0, 1.0);
      float rim = half_.y > 5.0 ? clamp(away + 2.0, 0.0, 1.0) : 0.0; // small ones have no border
      vec3 shown = mix(ink, edge, rim * 0.75);
      colour = vec4(shown * inside, inside);
    }`,
}
const NEVER = 1e9
const ALONG = [0, -1, 0, 1, 1, -1, 1, 1] // corners of a segment: along it, and across
const AROUND = [-1, -1, -1, 1, 1, -1, 1, 1] // corners of a box
const LEAST = 2 // pixels that half a box has, however far away
const WAY = { widest: 2.2, thinnest: 0.35 } // pixels

class Crowd {
  constructor(canvas) {
    this.canvas = canvas
    this.start()
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault())
    canvas.addEventListener("webglcontextrestored", () => {
      this.start()
      if (this.data) this.fill(this.data)
      this.onrestored?.()
    })
  }

  start() {
    const gl = this.canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true })
    this.gl = gl
    if (!gl) return
    this.ways = program(gl, WAYS, ["view", "size", "wide", "now", "quiet", "passed"])
    this.boxes = program(gl, BOXES, ["view", "size", "now", "quiet", "least", "edge"])
    this.numbered = 0
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  }

  get works() {
    return Boolean(this.gl) && !this.gl.isContextLost()
  }

  // {places, first, passes}: `first` is the step at which each item fires, `passes` that of each way.
  fill(data) {
    this.data = data
    if (!this.works) return
    const { places, first, passes } = data
    const segments = []
    places.paths.forEach((points, way) => {
      const pieces = points.length / 2 - 1
      for (let at = 0; at < pieces; at++) {
        segments.push(points[2 * at], points[2 * at + 1], points[2 * at + 2], points[2 * at + 3])
        segments.push(at / pieces, (at + 1) / pieces, passes[way] < 0 ? NEVER : passes[way])
      }
    })
    this.segments = segments.length / 7
    this.replace("segmentBuffer", cornered(segments, 7, ALONG))
    const boxes = []
    for (let i = 0; i < places.count; i++) boxes.push(places.x[i], places.y[i], places.halfWidth[i], places.halfHeight[i], rounded(places.items.kind[i]))
    this.replace("boxBuffer", cornered(boxes, 5, AROUND))
    this.count = places.count
    this.first = first
    this.number(Math.max(this.segments, this.count))
    if (data.colours) this.paint(data.colours)
  }

  // colours: three numbers from 0 to 1 for each item.
  paint(colours) {
    this.data.colours = colours
    if (!this.works) return
    const how = new Float32Array(this.count * 16)
    for (let i = 0; i < this.count; i++) {
      const when = this.first[i] < 0 ? NEVER : this.first[i]
      for (let at = 16 * i; at < 16 * i + 16; at += 4) how.set([colours[3 * i], colours[3 * i + 1], colours[3 * i + 2], when], at)
    }
    this.replace("howBuffer", how)
  }

  // Two triangles for each rectangle. (Instances would be fewer numbers, but a processor draws them one by one.)
  number(count) {
    if (count <= (this.numbered ?? 0)) return
    this.numbered = count
    const indices = new Uint32Array(count * 6)
    for (let i = 0; i < count; i++) indices.set([4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 2, 4 * i + 1, 4 * i + 3], 6 * i)
    const { gl } = this
    this.indices = gl.createBuffer()
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.indices)
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW)
  }

  replace(name, values) {
    if (this[name]) this.gl.deleteBuffer(this[name])
    this[name] = buffer(this.gl, values)
  }

  draw(view, now, ratio, tints) {
    if (!this.works || !this.howBuffer) return
    const { gl } = this
    const { width, height } = this.canvas
    gl.viewport(0, 0, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    const common = (uniforms) => {
      gl.uniform3f(uniforms.view, view.x * ratio, view.y * ratio, view.scale * ratio)
      gl.uniform2f(uniforms.size, width, height)
      gl.uniform1f(uniforms.now, now)
    }
    gl.useProgram(this.ways.program)
    common(this.ways.uniforms)
    gl.uniform1f(this.ways.uniforms.wide, ratio * Math.max(WAY.thinnest, Math.min(WAY.widest, 2 * view.scale)))
    gl.uniform3fv(this.ways.uniforms.quiet, tints.way)
    gl.uniform3fv(this.ways.uniforms.passed, tints.passed)
    attribute(gl, 0, this.segmentBuffer, 2, 36, 0)
    attribute(gl, 1, this.segmentBuffer, 4, 36, 8)
    attribute(gl, 2, this.segmentBuffer, 3, 36, 24)
    gl.disableVertexAttribArray(3)
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.indices)
    gl.drawElements(gl.TRIANGLES, 6 * this.segments, gl.UNSIGNED_INT, 0)
    gl.useProgram(this.boxes.program)
    common(this.boxes.uniforms)
    gl.uniform1f(this.boxes.uniforms.least, LEAST * ratio)
    gl.uniform3fv(this.boxes.uniforms.quiet, tints.quiet)
    gl.uniform3fv(this.boxes.uniforms.edge, tints.edge)
    attribute(gl, 0, this.boxBuffer, 2, 28, 0)
    attribute(gl, 1, this.boxBuffer, 4, 28, 8)
    attribute(gl, 2, this.howBuffer, 4, 16, 0)
    attribute(gl, 3, this.boxBuffer, 1, 28, 24)
    gl.drawElements(gl.TRIANGLES, 6 * this.count, gl.UNSIGNED_INT, 0)
  }

  close() {
    this.gl?.getExtension("WEBGL_lose_context")?.loseContext()
  }
}

function rounded(kind) {
  return kind === "leaf" || kind === "constant" ? 1 : kind === "group" ? 0.22 : 0.5
}

function program(gl, source, names) {
  const made = gl.createProgram()
  for (const [type, text] of [[gl.VERTEX_SHADER, source.vertex], [gl.FRAGMENT_SHADER, source.fragment]]) {
    const shader = gl.createShader(type)
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    gl.attachShader(made, shader)
  }
  gl.linkProgram(made)
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(made))
  return { program: made, uniforms: Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(made, name)])) }
}

function buffer(gl, values) {
  const made = gl.createBuffer()
  gl.bindBuffer(gl.ARRAY_BUFFER, made)
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW)
  return made
}

function attribute(gl, place, from, size, stride, offset) {
  gl.bindBuffer(gl.ARRAY_BUFFER, from)
  gl.enableVertexAttribArray(place)
  gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride, offset)
}

// The numbers of each rectangle four times, each time behind those of one of its corners.
function cornered(numbers, each, corners) {
  const count = numbers.length / each
  const made = new Float32Array(count * 4 * (each + 2))
  for (let i = 0, at = 0; i < count; i++) {
    for (let corner = 0; corner < 4; corner++) {
      made[at++] = corners[2 * corner]
      made[at++] = corners[2 * corner + 1]
      for (let k = 0; k < each; k++) made[at++] = numbers[i * each + k]
    }
  }
  return made
}
