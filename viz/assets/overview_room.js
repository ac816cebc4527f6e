// Boxes and chips as wide as what stands on them, where nothing else stands.

const APART = 9 // pixels of the screen that stay free between two boxes, for an arrowhead
const INNER = 10 // pixels of the screen between the letters and the sides
const FEW = 1500 // with more boxes no label is shown
const ruler = document.createElement("canvas").getContext("2d")

// At this scale, or where labels begin to be seen.
function widen(places, scale) {
  if (places.count > FEW) return
  const seen = Math.min(1, Math.max(scale, (LETTERS.least + 3) / BOX.height))
  ruler.font = lettering(Math.max(LETTERS.least, LETTERS.share * CELL.width * seen * 0.8))
  const { title, kind } = places.items
  for (let i = 0; i < places.count; i++) {
    const names = shorter(title[i], kind[i])
    const text = names[Math.min(1, names.length - 1)]
    const more = (ruler.measureText(text).width + INNER) / seen - 2 * places.halfWidth[i]
    if (more > 0) grow(places, i, Math.min(more, 2 * BOX.width), APART / seen)
  }
}

// A chip grows away from its box, to the left; a box to both sides alike, as far as there is room.
function grow(places, i, more, apart) {
  const room = roomBeside(places, i, apart)
  const half = isSmall(places.items.kind[i]) ? more : more / 2
  const left = Math.min(room.left, Math.max(half, more - room.right))
  const right = isSmall(places.items.kind[i]) ? 0 : Math.min(room.right, more - left)
  places.halfWidth[i] += (left + right) / 2
  places.x[i] += (right - left) / 2
}

// How far it is to the next box, or to a frame's side, on either side.
function roomBeside(places, i, apart) {
  const { x, y, halfWidth, halfHeight } = places
  const [from, to] = [x[i] - halfWidth[i], x[i] + halfWidth[i]]
  let [left, right] = [from - MARGIN.x / 2, places.width - MARGIN.x / 2 - to]
  const meet = (low, high) => {
    if (high <= from) left = Math.min(left, from - high - apart)
    else if (low >= to) right = Math.min(right, low - to - apart)
  }
  for (let j = 0; j < places.count; j++) {
    if (j !== i && Math.abs(y[j] - y[i]) < halfHeight[j] + halfHeight[i]) meet(x[j] - halfWidth[j], x[j] + halfWidth[j])
  }
  for (const piece of places.pieces) {
    if (y[i] + halfHeight[i] < piece.y || y[i] - halfHeight[i] > piece.bottom) continue
    meet(piece.x, piece.x)
    meet(piece.right, piece.right)
  }
  return { left: Math.max(0, left), right: Math.max(0, right) }
}
