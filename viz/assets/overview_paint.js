// Paints above the boxes what a person reads: labels, arrowheads, frames, the ring of the active item, the ways of its gradients.

const LETTERS = { most: 21, least: 14, smallest: 12.5, share: 0.155, detail: 0.115 } // pixels, and shares of a column's width on the screen
const ARROWS = { boxHeight: 15, gradientHeight: 10, most: 900 } // pixels of a box from which on, and ways up to which, there are arrowheads
const MOST_LABELS = 1500
const LABEL_FONT = '"Source Sans", "Source Sans 3", "Noto Sans CJK SC", "Segoe UI", sans-serif'

class Paint {
  // Frames are painted below the boxes, everything else above them.
  constructor(below, above) {
    this.under = below.getContext("2d")
    this.pen = above.getContext("2d")
    this.widths = new Map()
  }

  // scene: {places, items, ways, view, width, height, ratio, now, active, twins, selected, hovered, hits, hit, colours, tints, first, into, out}
  draw(scene) {
    Object.assign(this, scene)
    for (const pen of [this.under, this.pen]) {
      pen.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0)
      pen.clearRect(0, 0, scene.width, scene.height)
    }
    this.frames()
    const inSight = this.inSight()
    this.arrows(inSight)
    for (const way of this.out) this.gradient(way, false)
    for (const way of this.into) this.gradient(way, true)
    this.labels(inSight)
    this.rings()
  }

  across(x) {
    return x * this.view.scale + this.view.x
  }

  down(y) {
    return y * this.view.scale + this.view.y
  }

  box(i) {
    const halfWidth = Math.max(2, this.places.halfWidth[i] * this.view.scale)
    const halfHeight = Math.max(2, this.places.halfHeight[i] * this.view.scale)
    return { x: this.across(this.places.x[i]), y: this.down(this.places.y[i]), halfWidth, halfHeight }
  }

  inSight() {
    const found = []
    for (let i = 0; i < this.places.count; i++) {
      const { x, y, halfWidth, halfHeight } = this.box(i)
      if (x + halfWidth > 0 && x - halfWidth < this.width && y + halfHeight > 0 && y - halfHeight < this.height) found.push(i)
    }
    return found
  }

  // --- frames -----------------------------------------------------------------------------------

  frames() {
    const pen = this.under
    for (const piece of this.places.pieces) {
      const [x, y, right, bottom] = [this.across(piece.x), this.down(piece.y), this.across(piece.right), this.down(piece.bottom)]
      if (right < 0 || bottom < 0 || x > this.width || y > this.height) continue
      const inset = 3 * this.view.scale
      const [above, below] = [y + inset, bottom - inset]
      pen.beginPath()
      pen.roundRect(x, above, right - x, below - above, [piece.opens ? 0 : 8, piece.goesOn ? 0 : 8, piece.goesOn ? 0 : 8, piece.opens ? 0 : 8])
      pen.fillStyle = this.tints.frame
      pen.fill()
      // Without a side where it goes on in another line.
      pen.beginPath()
      pen.rect(x - (piece.opens ? 0 : 2), above - 2, right - x + (piece.opens ? 0 : 2) + (piece.goesOn ? 0 : 2), below - above + 4)
      pen.save()
      pen.clip()
      pen.beginPath()
      pen.roundRect(piece.opens ? x - 20 : x, above, right - x + (piece.opens ? 20 : 0) + (piece.goesOn ? 20 : 0), below - above, 8)
      pen.strokeStyle = this.tints.frameEdge
      pen.lineWidth = 1.5
      pen.stroke()
      pen.restore()
    }
  }

  // --- ways -------------------------------------------------------------------------------------

  path(way) {
    const { pen } = this
    const points = this.places.paths[way]
    pen.beginPath()
    pen.moveTo(this.across(points[0]), this.down(points[1]))
    for (let at = 2; at < points.length; at += 2) pen.lineTo(this.across(points[at]), this.down(points[at + 1]))
    return points
  }

  // Forward arrowheads, while the boxes are large enough that one is told from another.
  arrows(inSight) {
    if (BOX.height * this.view.scale < ARROWS.boxHeight) return
    const shown = new Set(inSight)
    const mine = this.wayIndices(shown)
    if (mine.length > ARROWS.most) return
    const long = Math.max(5, Math.min(11, 11 * this.view.scale))
    for (const way of mine) {
      const first = this.first[this.ways.upstream[way]]
      const passed = this.ways.norm[way] !== null && first >= 0 && first <= this.now
      this.head(this.places.paths[way], long, passed ? this.tints.passedInk : this.tints.wayInk, true)
    }
  }

  wayIndices(shown) {
    const found = []
    const { upstream, downstream } = this.ways
    for (let way = 0; way < upstream.length && found.length <= ARROWS.most; way++) {
      if (shown.has(upstream[way]) || shown.has(downstream[way])) found.push(way)
    }
    return found
  }

  head(points, long, colour, atEnd) {
    const { pen } = this
    const at = atEnd ? points.length - 2 : 0
    const [x, y] = [this.across(points[at]), this.down(points[at + 1])]
    const beside = atEnd ? at - 2 : 2
    const angle = Math.atan2(y - this.down(points[beside + 1]), x - this.across(points[beside]))
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(x - long * Math.cos(angle - 0.42), y - long * Math.sin(angle - 0.42))
    pen.lineTo(x - long * Math.cos(angle + 0.42), y - long * Math.sin(angle + 0.42))
    pen.closePath()
    pen.fillStyle = colour
    pen.fill()
  }

  gradient(way, incoming) {
    const { pen } = this
    const points = this.path(way)
    pen.lineJoin = "round"
    pen.strokeStyle = this.tints.surface
    pen.lineWidth = incoming ? 7 : 5
    pen.stroke()
    pen.strokeStyle = this.tints.gradient
    pen.lineWidth = incoming ? 3.5 : 2
    pen.setLineDash(incoming ? [] : [6, 4])
    pen.stroke()
    pen.setLineDash([])
    if (BOX.height * this.view.scale >= ARROWS.gradientHeight) this.head(points, Math.max(8, Math.min(14, 14 * this.view.scale)), this.tints.gradient, false)
  }

  // --- labels -----------------------------------------------------------------------------------

  // A label stays inside its own box, so none meets another.
  labels(inSight) {
    const column = CELL.width * this.view.scale
    const title = Math.min(LETTERS.most, Math.max(LETTERS.least, LETTERS.share * column * 0.8))
    const detail = Math.min(17, LETTERS.detail * column)
    if (BOX.height * this.view.scale < LETTERS.least + 3 || inSight.length > MOST_LABELS) return
    const { pen, items } = this
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    for (const i of inSight) {
      const { x, y, halfWidth, halfHeight } = this.box(i)
      const fired = this.first[i] >= 0 && this.first[i] <= this.now
      const at = 3 * i
      pen.fillStyle = fired ? readable(this.colours[at], this.colours[at + 1], this.colours[at + 2]) : this.tints.quietText
      const room = 2 * halfWidth - 8
      const small = `${detail.toFixed(1)}px ${LABEL_FONT}`
      const size = Math.max(LETTERS.smallest, Math.min(title, 2 * halfHeight - 2)) // a chip is lower than a box
      const { font, one, two, high } = this.label(items, i, size, room, 2 * halfHeight)
      if (two) {
        this.write(one, font, x, y - high * 0.54)
        this.write(two, font, x, y + high * 0.54)
        continue
      }
      const second = items.detail[i] && detail >= LETTERS.least - 0.5 && 2 * halfHeight >= title + detail + 6 ? this.cut(items.detail[i], small, room) : ""
      if (one) this.write(one, font, x, second ? y - detail * 0.6 : y)
      if (second) this.write(second, small, x, y + title * 0.56)
    }
  }

  // The title in one line: whole, or its telling end, in somewhat smaller letters where only these have room; else in
  // two lines, broken where a new word begins; else cut.
  label(items, i, size, room, height) {
    const fits = (text, font) => this.cut(text, font, room) === text
    const names = shorter(items.title[i], items.kind[i])
    const sizes = [...new Set([size, Math.min(size, LETTERS.smallest)])]
    const tries = names.flatMap((one) => sizes.map((high) => ({ font: lettering(high), one, two: "", high })))
    // PyTorch's ending says less of an operation than large letters do; of a path each name tells.
    if (items.kind[i] === "operation") tries.sort((a, b) => b.high - a.high)
    const found = tries.find(({ one, font }) => fits(one, font))
    if (found) return found
    const name = names.at(-1)
    const words = name.match(/[A-Z]?[^A-Z._\s]*[._\s]?/g)?.filter(Boolean) ?? [name]
    for (const high of sizes.filter((one) => height >= 2 * one + 5)) {
      const font = lettering(high)
      for (let at = words.length - 1; at > 0; at--) {
        const first = words.slice(0, at).join("").trimEnd()
        if (fits(first, font)) return { font, one: first, two: this.cut(words.slice(at).join(""), font, room), high }
      }
    }
    return { font: lettering(sizes.at(-1)), one: this.cut(name, lettering(sizes.at(-1)), room), two: "", high: size }
  }

  write(text, font, x, y) {
    this.pen.font = font
    this.pen.fillText(text, x, y + 0.5)
  }

  // The text, or as much of it as has room; nothing where that would say nothing.
  cut(text, font, room) {
    const key = `${font}|${Math.round(room)}|${text}`
    if (this.widths.has(key)) return this.widths.get(key)
    if (this.widths.size > 20000) this.widths.clear()
    this.pen.font = font
    let kept = text
    if (this.pen.measureText(text).width > room) {
      let low = 0
      let high = text.length
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (this.pen.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
        else high = middle - 1
      }
      kept = low >= 2 ? `${text.slice(0, low)}…` : ""
    }
    this.widths.set(key, kept)
    return kept
  }

  // --- rings ------------------------------------------------------------------------------------

  rings() {
    for (const i of this.hits) this.ring(i, this.tints.hit, 2.5, 3, [])
    if (this.hit >= 0) this.ring(this.hit, this.tints.hit, 5, 5, [])
    if (this.selected >= 0 && this.selected !== this.active) this.ring(this.selected, this.tints.text, 3, 5, [7, 4])
    if (this.hovered >= 0) this.ring(this.hovered, this.tints.text, 1.5, 3, [])
    for (const i of this.twins) this.ring(i, this.tints.active, 5, 5, [])
  }

  ring(i, colour, wide, away, dash) {
    const { pen } = this
    const { x, y, halfWidth, halfHeight } = this.box(i)
    const least = 5 // a ring around something tiny has to be seen
    const [w, h] = [Math.max(least, halfWidth) + away, Math.max(least, halfHeight) + away]
    const round = rounded(this.items.kind[i]) * Math.min(halfWidth, halfHeight) + away
    pen.beginPath()
    pen.roundRect(x - w, y - h, 2 * w, 2 * h, Math.min(round, w, h))
    pen.strokeStyle = colour
    pen.lineWidth = wide
    pen.setLineDash(dash)
    pen.stroke()
    pen.setLineDash([])
  }
}

function lettering(size) {
  return `600 ${size.toFixed(1)}px ${LABEL_FONT}`
}

// A title, then what still tells it from others: an operation without PyTorch's ending, the end of a parameter's path.
function shorter(title, kind) {
  if (kind === "operation") return [...new Set([title, title.replace(/Backward\d*$/, "")])]
  if (kind !== "leaf" || !/^[\w.]+$/.test(title)) return [title]
  const parts = title.split(".")
  return [...new Set([title, parts.slice(-2).join("."), parts.at(-1)])]
}
