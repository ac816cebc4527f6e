// Which way each edge takes over the plane, as points: past the boxes between, beside them in a lane that is free.
//
// A way is drawn as the forward pass goes: from its downstream end (left) to its upstream end (right).

const MOST_CURVES = 6000 // with more ways, all are straight
const MOST_BETWEEN = 400 // boxes that are looked at for one way
const NEAR_ROW = 0.55 // rows within which a box is in the way
const LANES = [0.5, 1, 1.5, 2, 3, 4]

function routes(places) {
  const { upstream, downstream } = places.ways
  const curved = upstream.length <= MOST_CURVES
  const order = curved ? [...places.items.x.keys()].sort((a, b) => places.items.x[a] - places.items.x[b]) : []
  const between = { order, xs: order.map((i) => places.items.x[i]) }
  return upstream.map((to, way) => {
    const from = downstream[way]
    if (!curved) return [places.x[from], places.y[from], places.x[to], places.y[to]]
    if (places.line[from] !== places.line[to]) return overLines(places, from, to, way)
    const across = (places.x[to] - places.x[from]) / CELL.width
    if (isSmall(places.items.kind[from]) && across < 1.8 && across > 0 && places.y[from] > places.y[to]) return fromBelow(places, from, to)
    return across > 0.4 ? alongLine(places, from, to, between) : upright(places, from, to)
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

function alongLine(places, from, to, between) {
  const { x, y } = places.items
  const start = places.x[from] + places.halfWidth[from]
  const end = places.x[to] - places.halfWidth[to]
  const points = [start, places.y[from]]
  const lane = x[to] - x[from] <= 1.3 ? null : freeLane(places, from, to, between)
  if (lane === null || (lane === y[from] && lane === y[to])) return bend(points, start, places.y[from], end, places.y[to])
  const height = places.down(lane, places.line[from])
  // A lane begins where its curve has left the box, and ends before the next.
  const turn = CELL.width - BOX.width / 2
  const enter = Math.min(places.x[from] + turn, (start + end) / 2)
  const leave = Math.max(places.x[to] - turn, (start + end) / 2)
  bend(points, start, places.y[from], enter, height)
  points.push(leave, height)
  return bend(points, leave, height, end, places.y[to])
}

// The row nearest to both ends where no box stands in the columns between; null where a straight way is as good.
function freeLane(places, from, to, { order, xs }) {
  const { x, y } = places.items
  const [first, last] = [firstAbove(xs, x[from] + 0.5), firstAbove(xs, x[to] - 0.5)]
  if (last - first > MOST_BETWEEN) return null
  const rows = order.slice(first, last).map((i) => y[i])
  const middle = (y[from] + y[to]) / 2
  const wanted = [y[from], y[to], ...LANES.flatMap((one) => [y[from] + one, y[from] - one])].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
  return wanted.find((lane) => rows.every((row) => Math.abs(row - lane) >= NEAR_ROW)) ?? null
}

function firstAbove(sorted, value) {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] > value) high = middle
    else low = middle + 1
  }
  return low
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
