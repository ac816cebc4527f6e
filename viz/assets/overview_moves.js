// Moves the window over the plane: by drag, wheel, pinch and keys, on the small map, and to what is asked for.

const ZOOM = { least: 0.004, most: 2.2, key: 1.3, wheel: 0.0016 }
const MAP = { width: 150, height: 92 } // pixels
const SLIDE = 220 // milliseconds
const LARGEST_FIT = 1.15
const EDGE = 40 // pixels that stay free around what is brought into sight
const DRAGGED = 4 // pixels from which on a press is no click

class Moves {
  // host: {width, height, places, redraw(), click(item, frame), hover(item), still}
  constructor(host, place, map) {
    this.host = host
    this.place = place
    this.map = map
    this.view = { x: 0, y: 0, scale: 1 }
    this.pointers = new Map()
    place.addEventListener("pointerdown", (event) => this.press(event))
    place.addEventListener("pointermove", (event) => this.drag(event))
    place.addEventListener("pointerup", (event) => this.release(event))
    place.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId))
    place.addEventListener("pointerleave", () => host.hover(-1))
    place.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    for (const type of ["pointerdown", "pointermove"]) {
      map.addEventListener(type, (event) => {
        if (event.buttons & 1) this.fromMap(event)
      })
    }
  }

  at(event) {
    const box = this.place.getBoundingClientRect()
    return { x: event.clientX - box.x, y: event.clientY - box.y }
  }

  toPlane({ x, y }) {
    return { x: (x - this.view.x) / this.view.scale, y: (y - this.view.y) / this.view.scale }
  }

  itemAt(point) {
    const { x, y } = this.toPlane(point)
    return this.host.places ? this.host.places.at(x, y, 4 / this.view.scale) : -1
  }

  press(event) {
    if (event.button || event.target.closest("button")) return
    this.place.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, this.at(event))
    this.began = { at: this.at(event), moved: false }
  }

  drag(event) {
    const point = this.at(event)
    const before = this.pointers.get(event.pointerId)
    if (!before) return this.host.hover(this.itemAt(point))
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId)
    this.pointers.set(event.pointerId, point)
    if (Math.hypot(point.x - this.began.at.x, point.y - this.began.at.y) > DRAGGED || others.length) this.began.moved = true
    if (!this.began.moved) return
    if (others.length) {
      const [, other] = others[0]
      const spread = Math.hypot(point.x - other.x, point.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1)
      return this.zoom(spread, { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 })
    }
    this.set({ ...this.view, x: this.view.x + point.x - before.x, y: this.view.y + point.y - before.y })
  }

  release(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size || this.began.moved) return
    this.host.click(this.itemAt(this.at(event)))
  }

  wheel(event) {
    event.preventDefault()
    const lines = event.deltaMode === 1 ? 16 : 1
    this.zoom(Math.exp(-event.deltaY * lines * ZOOM.wheel * (event.ctrlKey ? 6 : 1)), this.at(event))
  }

  zoom(factor, about = { x: this.host.width / 2, y: this.host.height / 2 }) {
    const scale = Math.max(ZOOM.least, Math.min(ZOOM.most, this.view.scale * factor))
    const real = scale / this.view.scale
    this.set({ x: about.x - (about.x - this.view.x) * real, y: about.y - (about.y - this.view.y) * real, scale })
  }

  pan(x, y) {
    this.set({ ...this.view, x: this.view.x + x, y: this.view.y + y })
  }

  // Nothing is ever moved out of sight altogether.
  set(view) {
    this.sliding = null
    this.view = this.held(view)
    this.host.redraw()
  }

  held(view) {
    const { places, width, height } = this.host
    if (!places) return view
    const keep = (at, room, long) => Math.max(Math.min(EDGE, room - EDGE) - long, Math.min(room - EDGE, at))
    return { scale: view.scale, x: keep(view.x, width, places.width * view.scale), y: keep(view.y, height, places.height * view.scale) }
  }

  // Glide to another view, or be there at once where motion is not wanted.
  slide(view) {
    const to = this.held(view)
    if (this.host.still) return this.set(to)
    const from = this.view
    const began = performance.now()
    const mine = {}
    this.sliding = mine
    const next = (now) => {
      if (this.sliding !== mine) return
      const t = Math.max(0, Math.min(1, (now - began) / SLIDE))
      const e = t * t * (3 - 2 * t)
      const mix = (a, b) => a + (b - a) * e
      this.view = { x: mix(from.x, to.x), y: mix(from.y, to.y), scale: mix(from.scale, to.scale) }
      this.host.redraw()
      if (t < 1) requestAnimationFrame(next)
      else this.sliding = null
    }
    requestAnimationFrame(next)
  }

  get moving() {
    return Boolean(this.sliding)
  }

  whole() {
    const { places, width, height } = this.host
    const scale = Math.min(LARGEST_FIT, places.fitting(width, height))
    return { scale, x: (width - places.width * scale) / 2, y: (height - places.height * scale) / 2 }
  }

  // A rectangle of the plane in the middle of the window, as large as it may be.
  around({ left, top, right, bottom }) {
    const { width, height } = this.host
    const scale = Math.max(ZOOM.least, Math.min(LARGEST_FIT, (width - 2 * EDGE) / (right - left), (height - 2 * EDGE) / (bottom - top)))
    return { scale, x: width / 2 - ((left + right) / 2) * scale, y: height / 2 - ((top + bottom) / 2) * scale }
  }

  // Bring an item into sight if it is not; `readable` also makes it large enough to be read.
  reveal(i, readable = false) {
    const { places, width, height } = this.host
    let { scale } = this.view
    if (readable && BOX.height * scale < 30) scale = 0.75
    const x = places.x[i] * scale + this.view.x
    const y = places.y[i] * scale + this.view.y
    const [w, h] = [places.halfWidth[i] * scale + 8, places.halfHeight[i] * scale + 8]
    if (scale === this.view.scale && x - w >= 0 && x + w <= width && y - h >= 0 && y + h <= height) return
    this.slide({ scale, x: width / 2 - places.x[i] * scale, y: height / 2 - places.y[i] * scale })
  }

  // --- the small map ------------------------------------------------------------------------------

  get seesAll() {
    const { places, width, height } = this.host
    const { x, y, scale } = this.view
    return x >= -2 && y >= -2 && x + places.width * scale <= width + 2 && y + places.height * scale <= height + 2
  }

  drawMap(ratio, colours, tints, active) {
    const { places } = this.host
    this.map.hidden = this.seesAll
    if (this.map.hidden) return
    const scale = Math.min(MAP.width / places.width, MAP.height / places.height)
    const [width, height] = [Math.max(24, places.width * scale), Math.max(14, places.height * scale)]
    this.map.style.width = `${width}px`
    this.map.style.height = `${height}px`
    const key = [width, height, ratio].join()
    if (this.drawn !== colours || this.mapKey !== key) this.stampMap(width, height, scale, ratio, colours, tints)
    this.mapKey = key
    this.mapScale = scale
    this.map.width = width * ratio
    this.map.height = height * ratio
    const pen = this.map.getContext("2d")
    pen.drawImage(this.stamp, 0, 0)
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    if (active >= 0) {
      pen.fillStyle = tints.active
      pen.fillRect(places.x[active] * scale - 3, places.y[active] * scale - 3, 6, 6)
    }
    const { x, y, scale: shown } = this.view
    pen.strokeStyle = tints.text
    pen.lineWidth = 2
    pen.strokeRect((-x / shown) * scale, (-y / shown) * scale, (this.host.width / shown) * scale, (this.host.height / shown) * scale)
  }

  // The map without what moves on it is drawn once.
  stampMap(width, height, scale, ratio, colours, tints) {
    const { places } = this.host
    this.stamp = document.createElement("canvas")
    this.stamp.width = width * ratio
    this.stamp.height = height * ratio
    const pen = this.stamp.getContext("2d")
    pen.scale(ratio, ratio)
    pen.fillStyle = tints.surface
    pen.fillRect(0, 0, width, height)
    const [w, h] = [Math.max(1.5, BOX.width * scale), Math.max(1.5, BOX.height * scale)]
    for (let i = 0; i < places.count; i++) {
      const at = 3 * i
      pen.fillStyle = `rgb(${colours[at] * 255} ${colours[at + 1] * 255} ${colours[at + 2] * 255})`
      pen.fillRect(places.x[i] * scale - w / 2, places.y[i] * scale - h / 2, w, h)
    }
    this.drawn = colours
  }

  fromMap(event) {
    const box = this.map.getBoundingClientRect()
    const x = (event.clientX - box.x) / this.mapScale
    const y = (event.clientY - box.y) / this.mapScale
    this.set({ scale: this.view.scale, x: this.host.width / 2 - x * this.view.scale, y: this.host.height / 2 - y * this.view.scale })
  }
}
