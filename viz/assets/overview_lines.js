// Breaks a long graph into lines, as a text is broken: never inside of a box, or between a box and the leaves beside it.

const REACH = { box: 0.5, leaf: 0.375 } // columns to the left and right of a middle

class Lines {
  constructor(items, ways, frames) {
    this.frames = frames
    this.words = clusters(items, ways)
    this.left = Math.min(this.words[0]?.left ?? 0, ...frames.map((one) => one.left))
    this.right = Math.max(this.words.at(-1)?.right ?? 1, ...frames.map((one) => one.right))
  }

  get columns() {
    return this.right - this.left
  }

  // Where lines of at most so many columns begin; a word that is longer has a line of its own.
  cuts(each) {
    const found = [this.left]
    this.words.forEach(({ left, right }, k) => {
      if (k && right - found.at(-1) > each + 0.01) found.push(this.cut(this.words[k - 1].right, left))
    })
    return found
  }

  // Between two words: behind the frames that end there, before those that begin.
  cut(from, to) {
    const ends = this.frames.map((one) => one.right).filter((at) => at >= from - 0.01 && at <= to + 0.01)
    const begins = this.frames.map((one) => one.left).filter((at) => at >= from - 0.01 && at <= to + 0.01)
    if (ends.length) return Math.max(...ends)
    return begins.length ? Math.min(...begins) : to
  }
}

// Stretches of columns that can't be broken, in order.
function clusters({ x, kind }, { upstream, downstream }) {
  const left = x.map((at, i) => at - (isSmall(kind[i]) ? REACH.leaf : REACH.box))
  const right = x.map((at, i) => at + (isSmall(kind[i]) ? REACH.leaf : REACH.box))
  upstream.forEach((to, way) => {
    const from = downstream[way]
    if (isSmall(kind[from]) && isBeside(x[from], x[to])) right[from] = Math.max(right[from], x[to])
  })
  const order = [...x.keys()].sort((a, b) => left[a] - left[b])
  const found = []
  for (const i of order) {
    const last = found.at(-1)
    if (last && left[i] < last.right - 0.01) last.right = Math.max(last.right, right[i])
    else found.push({ left: left[i], right: right[i] })
  }
  return found
}

function isSmall(kind) {
  return kind === "leaf" || kind === "constant"
}

// Whether a leaf here stands to the left of a box there, and belongs to it.
function isBeside(x, boxX) {
  return boxX > x && boxX - x < 3
}
