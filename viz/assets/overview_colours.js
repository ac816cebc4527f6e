// What colour each box has once it has fired: by gradient norm, by kind of operation, by module.

// matplotlib's viridis, which rises evenly in lightness and is told apart by colour-blind people.
const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6dcd59", "#b4de2c", "#fde725"]
// Okabe and Ito's hues without the orange and the vermilion, which mean "active" and "gradient" here, and tints of them.
const HUES = ["#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e8dc3c", "#7b5ea7", "#9c6b4a", "#a6cf98", "#8fa3c4", "#d8b4d0", "#5b8c8a", "#c9c2a5"]
const ODD = "#d0021b" // NaN or infinite: no place on the scale
const MOST_NAMED = 9 // hues in the legend; what is rarer shares a grey one

class Colours {
  constructor(items, tints) {
    this.items = items
    this.tints = tints
  }

  // {rgb: numbers from 0 to 1, three for each item, legend}
  by(way) {
    const shades = way === "norm" ? this.byNorm() : this.byName(way)
    const rgb = new Float32Array(this.items.id.length * 3)
    shades.of.forEach((shade, i) => rgb.set(shade, 3 * i))
    return { rgb, legend: shades.legend }
  }

  byNorm() {
    const known = this.items.norm.filter((norm) => norm > 0 && norm < Infinity)
    let low = Math.floor(Math.log10(known.reduce((a, b) => Math.min(a, b), Infinity)))
    let high = Math.ceil(Math.log10(known.reduce((a, b) => Math.max(a, b), 0)))
    if (!known.length) [low, high] = [0, 1]
    if (high <= low) high = low + 1
    const none = parse(this.tints.box)
    const of = this.items.norm.map((norm, i) => {
      if (this.items.nonfinite[i] || norm === Infinity || Number.isNaN(norm)) return parse(ODD)
      if (norm === null) return none
      if (norm <= 0) return parse(VIRIDIS[0])
      return ramp((Math.log10(norm) - low) / (high - low))
    })
    return { of, legend: { kind: "bar", low, high, odd: this.items.nonfinite.some(Boolean) } }
  }

  byName(way) {
    const names = way === "module" ? modules(this.items.module) : this.items.kind.map((kind, i) => this.items.family[i] || KINDS[kind])
    const counts = new Map()
    names.forEach((name, i) => counts.set(name, (counts.get(name) ?? 0) + this.items.count[i]))
    const ordered = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1))
    const shown = ordered.slice(0, MOST_NAMED)
    const other = parse(this.tints.way)
    const hues = new Map(shown.map((name, at) => [name, HUES[at]]))
    const rest = ordered.length - shown.length
    const entries = shown.map((name) => ({ name: name || SAY.outside, colour: hues.get(name) }))
    if (rest) entries.push({ name: `${SAY.other} (${rest})`, colour: this.tints.way })
    return { of: names.map((name) => (hues.has(name) ? parse(hues.get(name)) : other)), legend: { kind: "names", entries } }
  }
}

// The shortest beginnings of the paths that tell at least two modules apart: "transformer.h" does not, "transformer.h.0" does.
function modules(paths) {
  const parts = paths.map((path) => (path ? path.split(".") : []))
  const deepest = parts.reduce((most, path) => Math.max(most, path.length), 0)
  for (let depth = 1; depth <= deepest; depth++) {
    const cut = parts.map((path) => path.slice(0, depth).join("."))
    if (new Set(cut.filter(Boolean)).size > 3 || depth === deepest) return cut
  }
  return paths.map(() => "")
}

function ramp(share) {
  const at = Math.max(0, Math.min(1, share)) * (VIRIDIS.length - 1)
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at))
  const [a, b] = [parse(VIRIDIS[low]), parse(VIRIDIS[low + 1])]
  return a.map((from, i) => from + (b[i] - from) * (at - low))
}

const parsed = new Map()
const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true })

// Any colour of CSS as three numbers from 0 to 1.
function parse(colour) {
  if (!parsed.has(colour)) {
    painter.clearRect(0, 0, 1, 1)
    painter.fillStyle = colour
    painter.fillRect(0, 0, 1, 1)
    parsed.set(colour, [...painter.getImageData(0, 0, 1, 1).data].slice(0, 3).map((one) => one / 255))
  }
  return parsed.get(colour)
}

// Black or white, whichever is read more easily on it (WCAG's relative luminance).
function readable(r, g, b) {
  const [x, y, z] = [r, g, b].map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  return 0.2126 * x + 0.7152 * y + 0.0722 * z > 0.19 ? "#14181c" : "#ffffff"
}
