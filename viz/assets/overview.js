// The view of a large graph: folded blocks that open on a click, steps, search, colours, a small map.
//
// `show` is given {run, look, overview, lines, start, card, stale}: `overview` is the text of viz.fold's Overview
// (columns of numbers), `lines` the program's line at each beat. `tell` is told of {position, folding}.
// Joined from: overview_words, _places, _room, _lines, _routes, _crowd, _colours, _paint, _moves, _steps, _search, _card, _scene, _frames, after card.js and controls.js.

class Overview extends Frames {
  constructor(root) {
    super(root)
    this.cards = new Map()
    this.steps = new Steps(root, this)
    this.search = new Search(this.find, this)
    this.find("colour").onchange = () => this.recolour()
    this.find("foldall").onclick = () => this.ask([], null)
    this.find("unfold").onclick = () => this.ask([...this.overview.opened, ...this.groups], null)
    this.find("larger").onclick = () => this.moves.zoom(ZOOM.key)
    this.find("smaller").onclick = () => this.moves.zoom(1 / ZOOM.key)
    this.find("fit").onclick = () => this.fit()
    this.find("fitone").onclick = () => this.fitOne(this.chosen)
  }

  show(data) {
    this.data = data
    if (this.shown !== data.look) this.renew(data)
    if (data.card) {
      this.cards.set(data.card.id, data.card)
      this.card()
    }
  }

  renew(data) {
    const same = this.run === data.run
    const firing = same ? this.steps.firing : data.start
    const selected = same && this.selected >= 0 ? this.overview.items.id[this.selected] : null
    this.shown = data.look
    this.run = data.run
    this.cards.clear()
    if (!same) {
      this.steps.pause()
      this.find("card").style.minHeight = ""
    }
    const kept = same && this.pending !== "whole" && this.places.each
    this.lay(JSON.parse(data.overview), kept || null)
    this.order = null
    this.selected = selected === null ? -1 : this.heir(selected)
    this.hovered = -1
    this.root.classList.toggle("sg-stale", Boolean(data.stale))
    this.find("foldall").disabled = !this.overview.opened.length
    this.find("unfold").disabled = !this.groups.length
    this.ready = true
    this.recolour()
    this.justOpened = this.pending?.id
    if (!kept) this.moves.set(this.moves.whole())
    else if (this.pending) this.anchor(this.pending)
    this.pending = null
    this.frameButtons()
    this.steps.go(this.steps.indexOf(firing), false)
    this.search.renew()
    this.steps.report()
    this.root.dataset.shown = data.look
  }

  // What is selected when the block that was is open, or what was is folded away.
  heir(id) {
    const there = this.indexOf(id)
    if (there >= 0 || !this.pending) return there
    const frame = this.overview.frames.find((one) => one.id === this.pending.id)
    return frame ? (this.inOrder.find((i) => this.framesAround(i).includes(frame)) ?? -1) : this.indexOf(this.pending.id)
  }

  // --- folding ----------------------------------------------------------------------------------

  get groups() {
    const { items } = this.overview
    return items.id.filter((_, i) => items.kind[i] === "group")
  }

  // pending: {id, x, y}: what has to stay at this place of the window.
  ask(ids, pending, show = "") {
    this.pending = pending ?? "whole"
    this.asks = (this.asks ?? 0) + 1 // the same may be asked for twice
    this.tell("folding", { run: this.run, ids: [...new Set(ids)], find: this.search.asked, show, count: this.asks })
  }

  open(ids) {
    const group = ids.map((id) => this.indexOf(id)).find((i) => i >= 0)
    const { view } = this.moves
    const pending = group === undefined ? null : { id: this.overview.items.id[group], x: this.places.x[group] * view.scale + view.x, y: this.places.y[group] * view.scale + view.y }
    this.ask([...this.overview.opened, ...ids], pending)
  }

  fold(id) {
    const { view } = this.moves
    const middle = this.places.middle(id) ?? { x: 0, y: 0 }
    const hold = (at, room) => Math.max(EDGE, Math.min(room - EDGE, at))
    const pending = { id, x: hold(middle.x * view.scale + view.x, this.width), y: hold(middle.y * view.scale + view.y, this.height) }
    this.ask(this.overview.opened.filter((one) => one !== id), pending)
  }

  // The block that was opened, or folded again, stays where it was; a frame that fits is shown whole.
  anchor({ id, x, y }) {
    const { scale } = this.moves.view
    const at = this.indexOf(id)
    const frame = this.places.around(id)
    const middle = frame ? this.places.middle(id) : at >= 0 ? { x: this.places.x[at], y: this.places.y[at] } : null
    if (!middle) return this.moves.set(this.moves.whole())
    const view = { scale, x: x - middle.x * scale, y: y - middle.y * scale }
    if (frame) {
      view.x += inside(frame.left * scale + view.x, frame.right * scale + view.x, this.width)
      view.y += inside(frame.top * scale + view.y, frame.bottom * scale + view.y, this.height)
    }
    this.moves.set(view)
  }

  // --- choosing ---------------------------------------------------------------------------------

  get chosen() {
    return this.selected >= 0 ? this.selected : this.active
  }

  click(i) {
    if (i >= 0 && this.overview.items.kind[i] === "group") return this.open([this.overview.items.id[i]])
    this.select(i)
  }

  hover(i) {
    if (i === this.hovered) return
    this.hovered = i
    this.place.style.cursor = i < 0 ? "grab" : "pointer"
    this.redraw()
  }

  select(i) {
    this.selected = i
    this.card()
    this.crumbs()
    this.steps.report()
    if (i >= 0) {
      const { items } = this.overview
      this.find("say").textContent = SAY.selected(items.title[i], KINDS[items.kind[i]]) + (items.kind[i] === "group" ? `. ${SAY.opensBy}.` : "")
      this.mark(i)
    }
    this.redraw()
  }

  choose(i) {
    this.select(i)
    this.moves.reveal(i, true)
  }

  // Keys that are not those of the steps; only where the graph has the focus.
  key(event) {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      event.preventDefault()
      return this.find("search").focus()
    }
    if (event.target !== this.place) return
    const acts = {
      ArrowDown: () => this.walk(1),
      ArrowUp: () => this.walk(-1),
      Enter: () => this.chosen >= 0 && this.click(this.chosen),
      Backspace: () => this.chosen >= 0 && this.framesAround(this.chosen).length && this.fold(this.framesAround(this.chosen).at(-1).id),
      Escape: () => this.select(-1),
      "+": () => this.moves.zoom(ZOOM.key),
      "=": () => this.moves.zoom(ZOOM.key),
      "-": () => this.moves.zoom(1 / ZOOM.key),
      0: () => this.fit(),
      f: () => this.fitOne(this.chosen),
    }
    const act = acts[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  // To the next item as the forward pass goes: from left to right, and down.
  walk(by) {
    const at = this.inOrder.indexOf(this.chosen)
    const next = this.inOrder[at < 0 ? 0 : Math.max(0, Math.min(this.inOrder.length - 1, at + by))]
    this.select(next)
    this.moves.reveal(next)
  }

  get inOrder() {
    const { x, y, id } = this.overview.items
    this.order ??= [...id.keys()].sort((a, b) => x[a] - x[b] || y[b] - y[a])
    return this.order
  }

  // --- a step -----------------------------------------------------------------------------------

  // `moved`: a person moved here; else the step is where it was, and the view stays too.
  enter(index, moved) {
    const { items } = this.overview
    this.active = index ? this.beats[index - 1].item : items.kind.indexOf("output")
    if (moved) this.selected = -1
    const heading = SAY.heading(index, this.steps.last)
    const said = index ? `${heading}: ${this.sentence()}` : SAY.start(this.steps.last)
    this.find("say").textContent = said
    this.find("where").textContent = heading
    this.find("slider").setAttribute("aria-valuetext", said)
    if (moved && this.active >= 0) this.moves.reveal(this.active)
    this.card()
    this.crumbs()
    this.mark(this.active, index ? this.data.lines[index - 1] : null)
    this.redraw()
  }

  sentence() {
    const { items, ways } = this.overview
    const i = this.active
    const { out } = this.waysOf[i]
    const sent = out.map((way) => ways.norm[way]).filter((norm) => norm !== null)
    const norm = sent.length ? Math.hypot(...sent) : null
    if (out.length) return SAY.sends(items.title[i], norm, list([...new Set(out.map((way) => items.title[ways.downstream[way]]))]))
    return items.kind[i] === "leaf" ? SAY.accumulates(items.title[i], items.norm[i]) : SAY.ends(items.title[i], items.norm[i])
  }

  // Tell the editor, and the chart beside the stage, where we are: the last firing of what is shown.
  mark(i, line = null) {
    const beat = this.selected >= 0 ? this.beats[this.first[i] - 1] : this.beats[this.steps.index - 1]
    const detail = { line, name: `b${beat ? beat.stop : 0}`, side: "" }
    this.root.dataset.moment = detail.name
    this.root.moment = detail
    window.dispatchEvent(new CustomEvent("seegrad-moment", { detail }))
  }

  report() {
    const item = this.chosen >= 0 ? this.overview.items.id[this.chosen] : ""
    this.tell("position", { run: this.run, index: this.steps.firing, item })
  }

  // --- around the graph ---------------------------------------------------------------------------

  // What is known of an item beyond the columns.
  answerOf(id) {
    return this.cards.get(id)
  }

  card() {
    const place = this.find("card")
    const i = this.chosen
    if (i < 0) return place.replaceChildren(element("p", "sg-words", this.steps.index ? "" : SAY.start(this.steps.last)))
    const answer = this.answerOf(this.overview.items.id[i])
    const heading = i === this.active ? SAY.heading(this.steps.index, this.steps.last) : ""
    const when = this.first[i] > 0 && i !== this.active ? SAY.heading(this.first[i], this.steps.last) : ""
    place.replaceChildren(...itemCard(this.overview.items, i, heading, answer, when))
    place.dataset.phase = i === this.active ? "backward" : "selected"
    place.dataset.item = answer ? this.overview.items.id[i] : ""
    place.scrollTop = 0
    // It grows with what is said, and does not shrink again: what is below it would jump at every step.
    place.style.minHeight = `${place.offsetHeight}px`
  }

  close() {
    super.close()
    this.steps.close()
  }
}

// How far a stretch has to move so that it is in a window of this length, where it fits at all.
function inside(from, to, room) {
  if (to - from > room - 8) return 0
  return Math.max(0, 4 - from) || Math.min(0, room - 4 - to)
}
