// What an overview shows: from the columns that Python sent to what stands on the canvases.

const TINTS = {
  light: { surface: "#ffffff", text: "#1b1f23", quietText: "#3f4852", box: "#ecf0f3", quiet: "#d5dce2", edge: "#6d7680", way: "#b4bcc5", wayInk: "#8a929c", passed: "#e2ab85", passedInk: "#c8753c", active: "#e69f00", gradient: "#c14e00", hit: "#a23b7a", frame: "#f4f6f8", frameEdge: "#9aa3ad" },
  dark: { surface: "#121518", text: "#f2f4f6", quietText: "#c3cbd3", box: "#2a313a", quiet: "#343c45", edge: "#8d97a2", way: "#525c67", wayInk: "#8d97a2", passed: "#a5663c", passedInk: "#d08850", active: "#ffb81c", gradient: "#ff9a57", hit: "#e79ac6", frame: "#1a1f24", frameEdge: "#626d78" },
}
const TALL = { share: 0.42, least: 300 } // of the window

class Scene {
  constructor(root) {
    this.root = root
    root.shown = this
    this.find = (name) => root.querySelector(`[data-part=${name}]`)
    this.beats = []
    this.selected = this.hovered = this.active = -1
    this.place = this.find("view")
    this.crowd = new Crowd(this.find("crowd"))
    this.crowd.onrestored = () => this.redraw()
    this.paint = new Paint(this.find("below"), this.find("above"))
    this.moves = new Moves(this, this.place, this.find("map"))
    this.resized = new ResizeObserver(() => this.resize())
    this.resized.observe(this.place)
  }

  // Take over another state of folding, or another graph; `each` columns make a line, where they are to stay.
  lay(overview, each) {
    this.overview = overview
    this.beats = overview.beats
    this.take()
    this.size()
    this.places = new Places(overview.items, overview.ways, overview.frames)
    if (each) this.places.settle(each, this.moves.view.scale)
    else this.places.choose(this.width, this.height)
    this.tints = TINTS[isDark(this.root) ? "dark" : "light"]
    this.crowd.fill({ places: this.places, first: this.first, passes: this.passes })
    this.moves.drawn = null
    this.find("missing").hidden = this.crowd.works
    this.find("missing").textContent = SAY.noWebgl
    this.find("summary").textContent = SAY.shown(overview.items.id.length, overview.hidden)
  }

  // What is derived from the columns once: where each id is, when each item and way is first reached.
  take() {
    const { items, ways } = this.overview
    this.ids = new Map(items.id.map((id, i) => [id, i]))
    for (const [id, i] of [...this.ids]) if (!this.ids.has(bare(id))) this.ids.set(bare(id), i)
    this.first = new Int32Array(items.id.length).fill(-1)
    this.beats.forEach(({ item }, k) => {
      if (this.first[item] < 0) this.first[item] = k + 1
    })
    if (items.kind.includes("output")) this.first[items.kind.indexOf("output")] = 0 // where it begins
    this.twins(items)
    this.passes = ways.upstream.map((from, way) => (ways.norm[way] === null ? -1 : this.first[from]))
    this.waysOf = items.id.map(() => ({ into: [], out: [] }))
    ways.upstream.forEach((from, way) => {
      if (ways.norm[way] === null) return
      this.waysOf[from].out.push(way)
      this.waysOf[ways.downstream[way]].into.push(way)
    })
  }

  // A leaf that is drawn at each use fires once, everywhere.
  twins(items) {
    const when = new Map()
    items.id.forEach((id, i) => {
      if (this.first[i] > 0) when.set(bare(id), this.first[i])
    })
    items.id.forEach((id, i) => {
      if (this.first[i] < 0 && when.has(bare(id))) this.first[i] = when.get(bare(id))
    })
  }

  // An item and the same leaf wherever else it is drawn.
  twinsOf(i) {
    if (i < 0) return []
    const { id, kind } = this.overview.items
    if (kind[i] !== "leaf") return [i]
    return [...id.keys()].filter((j) => bare(id[j]) === bare(id[i]))
  }

  indexOf(id) {
    return this.ids.get(id) ?? this.ids.get(bare(id)) ?? -1
  }

  // --- looking ----------------------------------------------------------------------------------

  get still() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches
  }

  size() {
    this.place.style.height = `${Math.round(Math.max(TALL.least, window.innerHeight * TALL.share))}px`
    this.width = this.place.clientWidth
    this.height = this.place.clientHeight
    this.ratio = window.devicePixelRatio || 1
    for (const name of ["below", "crowd", "above"]) {
      const canvas = this.find(name)
      canvas.width = Math.round(this.width * this.ratio)
      canvas.height = Math.round(this.height * this.ratio)
    }
  }

  resize() {
    if (!this.ready || (this.place.clientWidth === this.width && this.place.clientHeight === this.height)) return
    this.size()
    this.fit()
  }

  fit() {
    this.places.choose(this.width, this.height)
    this.crowd.fill({ places: this.places, first: this.first, passes: this.passes, colours: this.colours })
    this.moves.drawn = null
    this.moves.slide(this.moves.whole())
  }

  fitOne(i) {
    if (i < 0) return
    const { x, y, halfWidth, halfHeight } = this.places
    const around = { left: x[i] - 2 * halfWidth[i], right: x[i] + 2 * halfWidth[i], top: y[i] - 2 * halfHeight[i], bottom: y[i] + 2 * halfHeight[i] }
    this.moves.slide(this.moves.around(around))
  }

  recolour() {
    const made = new Colours(this.overview.items, this.tints).by(this.find("colour").value)
    this.colours = made.rgb
    this.crowd.paint(made.rgb)
    this.find("legend").replaceChildren(...legendOf(made.legend))
    this.redraw()
  }

  // Whatever changes, one drawing a frame.
  redraw() {
    if (!this.ready || this.waiting) return
    this.root.dataset.state = "moving"
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null
      this.draw()
      if (this.moves.moving) return
      this.root.dataset.state = "idle"
      this.root.dataset.step = this.steps.index
    })
  }

  draw() {
    const { places, tints, colours, ratio } = this
    const { view } = this.moves
    const now = this.steps.index
    const numbers = { way: parse(tints.way), passed: parse(tints.passed), quiet: parse(tints.quiet), edge: parse(tints.edge) }
    this.crowd.draw(view, now, ratio, numbers)
    const twins = this.twinsOf(this.active)
    const into = twins.flatMap((i) => this.waysOf[i].into)
    const out = twins.flatMap((i) => this.waysOf[i].out)
    this.paint.draw({
      items: this.overview.items, ways: this.overview.ways,
      places, view, now, ratio, tints, colours, into, out, twins,
      width: this.width, height: this.height, first: this.first,
      active: this.active, selected: this.selected, hovered: this.hovered,
      hits: this.search.inSight, hit: this.search.present,
    })
    this.moves.drawMap(ratio, colours, tints, this.active)
    this.placeButtons()
  }

  close() {
    this.resized.disconnect()
    cancelAnimationFrame(this.waiting)
    this.crowd.close()
  }
}

function isDark(root) {
  const [r, g, b] = parse(getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff")
  return r + g + b < 1.5
}
