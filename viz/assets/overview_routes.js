// Which way each edge takes over the plane, as points: past the boxes between, as the layout found it.
//
// A way is drawn as the forward pass goes: from its downstream end (left) to its upstream end (right).

const MOST_CURVES = 6000 // with more ways, all are straight

function routes(places) {
  const { upstream, downstream, bends } = places.ways
  const curved = upstream.length <= MOST_CURVES
  return upstream.map((to, way) => {
    const from = downstream[way]
    if (!curved) return [places.x[from], places.y[from], places.x[to], places.y[to]]
    if (places.line[from] !== places.line[to]) return overLines(places, from, to, way)
    const across = (places.x[to] - places.x[from]) / CELL.width
    if (isSmall(places.items.kind[from]) && across < 1.8 && across > 0 && places.y[from] > places.y[to]) return fromBelow(places, from, to)
    return across > 0.4 ? alongLine(places, from, to, bends[way] ?? []) : upright(places, from, to)
  })
}

// From a leaf beside a box into the box from below.
function fromBelow(places, from, to) {
  const [x, y] = [places.x[from] + places.halfWidth[from], places.y[from]]
  const into = places.x[to] - places.halfWidth[to] + 16
  const points = [x, y]
  if (into - x > 40) {
    // Other leaves stand between: below them.
    corner(points, x + 5, y, x + 5, y + 26)
    corner(points, x + 5, y + 26, into, y + 26)
    corner(points, into, y + 26, into, places.y[to])
  } else corner(points, into, y, into, places.y[to])
  points.push(into, places.y[to] + places.halfHeight[to])
  return points
}

// Through the corners that the layout gave it, from downstream to upstream.
function alongLine(places, from, to, bends) {
  const line = places.line[from]
  const [end, endY] = [places.x[to] - places.halfWidth[to], places.y[to]]
  let [x, y] = [places.x[from] + places.halfWidth[from], places.y[from]]
  const points = [x, y]
  for (let at = bends.length - 2; at >= 0; at -= 2) {
    const [nextX, nextY] = [places.across(bends[at], line), places.down(bends[at + 1], line)]
    if (nextX <= x + 1 || nextX >= end) continue
    bend(points, x, y, nextX, nextY)
    ;[x, y] = [nextX, nextY]
  }
  return bend(points, x, y, end, endY)
}

// To the end of the line, back between the lines, and on: as the eye of a reader goes.
function overLines(places, from, to, way) {
  const shift = ((way % 5) - 2) * 3
  const right = places.width - 12 + shift / 2
  const left = 12 + shift / 2
  const end = places.x[to] - places.halfWidth[to]
  const [a, b] = [places.line[from], places.line[to]]
  const low = places.above(a < b ? a + 1 : a) + shift
  const high = places.above(a < b ? b : b + 1) + shift
  const points = [places.x[from] + places.halfWidth[from], places.y[from]]
  corner(points, right, places.y[from], right, low)
  corner(points, right, low, left, low)
  if (high !== low) corner(points, left, low, left, high)
  corner(points, left, high, left, places.y[to])
  corner(points, left, places.y[to], end, places.y[to])
  points.push(end, places.y[to])
  return points
}

// From box to box where one stands above the other.
function upright(places, from, to) {
  const down = Math.sign(places.y[to] - places.y[from]) || 1
  return [places.x[from], places.y[from] + down * places.halfHeight[from], places.x[to], places.y[to] - down * places.halfHeight[to]]
}

// An S from one height to another, as points.
function bend(points, x, y, toX, toY) {
  if (Math.abs(toY - y) < 1) {
    points.push(toX, toY)
    return points
  }
  for (let step = 1; step <= 8; step++) {
    const t = step / 8
    points.push(x + (toX - x) * t, y + (toY - y) * t * t * (3 - 2 * t))
  }
  return points
}

// On to the next corner, which is cut a little.
function corner(points, x, y, toX, toY) {
  const [lastX, lastY] = points.slice(-2)
  const cut = 8
  const before = Math.min(1, cut / (Math.hypot(x - lastX, y - lastY) || 1))
  const after = Math.min(0.5, cut / (Math.hypot(toX - x, toY - y) || 1))
  points.push(x + (lastX - x) * before, y + (lastY - y) * before, x + (toX - x) * after, y + (toY - y) * after)
}
