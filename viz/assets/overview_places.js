// Where everything of an overview stands: columns and rows become pixels of a plane, at natural size.
//
// A long, low graph is broken into lines, as a text is: the forward pass reads left to right, and goes on in the
// next line.

const CELL = { width: 172, height: 88 } // pixels of a column and of a row
const BOX = { width: 148, height: 58 }
const SMALL = { width: 118, height: 44 } // leaves and constants
const BETWEEN_LINES = 0.55 // rows
const MARGIN = { x: 34, y: 20 } // pixels around the whole drawing
const WRAP_GAIN = 1.06 // breaking into more lines has to make everything so much larger
const MOST_LINES = 60

class Places {
  constructor(items, ways, frames) {
    this.items = items
    this.ways = ways
    this.frames = frames
    this.count = items.x.length
    this.breaks = new Lines(items, ways, frames)
    const half = (long, short) => Float32Array.from(items.kind, (kind) => (isSmall(kind) ? short : long) / 2)
    this.halfWidth = half(BOX.width, SMALL.width)
    this.halfHeight = half(BOX.height, SMALL.height)
    this.usual = this.halfWidth.slice()
  }

  // Choose in how many lines everything is largest in a window of this size.
  choose(width, height) {
    const { columns } = this.breaks
    let best = null
    for (let lines = 1; lines <= Math.min(MOST_LINES, Math.ceil(columns)); lines++) {
      const each = columns / lines + (lines > 1 ? 0.5 : 0)
      this.wrap(each)
      const scale = this.fitting(width, height)
      if (!best || scale > best.scale * WRAP_GAIN) best = { each, scale }
    }
    this.settle(best.each, best.scale)
  }

  // For good: lines of so many columns, seen at this scale.
  settle(each, scale) {
    this.wrap(each)
    widen(this, scale)
    this.paths = routes(this)
  }

  fitting(width, height) {
    return Math.min(width / this.width, height / this.height)
  }

  // Lines of at most so many columns.
  wrap(each) {
    const { x, y } = this.items
    this.each = each
    this.lefts = this.breaks.cuts(each)
    this.rights = [...this.lefts.slice(1), this.breaks.right]
    this.lines = this.lefts.length
    this.line = Int32Array.from(x, (at) => this.lineOf(at))
    this.stack()
    const longest = this.lefts.reduce((most, left, line) => Math.max(most, this.rights[line] - left), 0)
    this.width = longest * CELL.width - (CELL.width - BOX.width) + 2 * MARGIN.x
    this.halfWidth.set(this.usual)
    this.x = Float32Array.from(x, (at, i) => this.across(at, this.line[i]))
    this.y = Float32Array.from(y, (at, i) => this.down(at, this.line[i]))
    this.pieces = this.frames.flatMap((frame) => this.framed(frame))
  }

  // The last line that begins at or before this column.
  lineOf(at) {
    let [low, high] = [0, this.lefts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.lefts[middle] <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  // Each line is as high as what stands in it.
  stack() {
    const { y, kind } = this.items
    this.top = new Float64Array(this.lines).fill(-Infinity)
    const bottom = new Float64Array(this.lines).fill(Infinity)
    const take = (line, high, low) => {
      this.top[line] = Math.max(this.top[line], high)
      bottom[line] = Math.min(bottom[line], low)
    }
    for (let i = 0; i < this.count; i++) take(this.line[i], y[i] + (isSmall(kind[i]) ? 0.3 : 0.5), y[i] - (isSmall(kind[i]) ? 0.3 : 0.5))
    for (const frame of this.frames) {
      const [first, last] = this.linesOf(frame)
      for (let line = first; line <= last; line++) take(line, frame.top, frame.bottom)
    }
    this.begins = new Float64Array(this.lines) // rows from the top at which a line begins
    let row = 0
    for (let line = 0; line < this.lines; line++) {
      if (this.top[line] === -Infinity) this.top[line] = bottom[line] = 0
      this.begins[line] = row
      row += this.top[line] - bottom[line] + BETWEEN_LINES
    }
    this.height = (row - BETWEEN_LINES) * CELL.height + 2 * MARGIN.y - (this.frames.length ? 0 : CELL.height - BOX.height)
  }

  linesOf(frame) {
    return [this.lineOf(frame.left + 0.01), this.lineOf(frame.right - 0.01)]
  }

  across(at, line) {
    return (at - this.lefts[line]) * CELL.width - (CELL.width - BOX.width) / 2 + MARGIN.x
  }

  down(at, line) {
    const spare = this.frames.length ? 0 : (CELL.height - BOX.height) / 2
    return (this.begins[line] + this.top[line] - at) * CELL.height - spare + MARGIN.y
  }

  // The middle of the room above this line.
  above(line) {
    return this.down(this.top[line], line) - (BETWEEN_LINES / 2) * CELL.height
  }

  // A frame that goes on in the next line is drawn in pieces, open where it goes on.
  framed(frame) {
    const [first, last] = this.linesOf(frame)
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const line = first + index
      return {
        ...frame,
        opens: line > first,
        goesOn: line < last,
        x: this.across(Math.max(frame.left, this.lefts[line]), line),
        y: this.down(frame.top, line),
        right: this.across(Math.min(frame.right, this.rights[line]), line),
        bottom: this.down(frame.bottom, line),
      }
    })
  }

  // Where the middle of a frame is, on the line where most of it stands.
  middle(id) {
    const mine = this.pieces.filter((one) => one.id === id)
    if (!mine.length) return null
    const widest = mine.reduce((a, b) => (b.right - b.x > a.right - a.x ? b : a))
    return { x: (widest.x + widest.right) / 2, y: (widest.y + widest.bottom) / 2 }
  }

  around(id) {
    const mine = this.pieces.filter((one) => one.id === id)
    if (!mine.length) return null
    const [left, top] = [Math.min(...mine.map((one) => one.x)), Math.min(...mine.map((one) => one.y))]
    return { left, top, right: Math.max(...mine.map((one) => one.right)), bottom: Math.max(...mine.map((one) => one.bottom)) }
  }

  // The item at this point of the plane; a little beside a small one counts.
  at(x, y, near) {
    let found = -1
    let best = Infinity
    for (let i = 0; i < this.count; i++) {
      const away = Math.max(Math.abs(x - this.x[i]) - this.halfWidth[i], Math.abs(y - this.y[i]) - this.halfHeight[i])
      if (away <= near && away < best) [found, best] = [i, away]
    }
    return found
  }
}
