// Plays a figure with one frame for each step: buttons, slider and keys move through them.
//
// Python sends {look, figure, captions, summary, glides, plotly}; `look` names the figure. Nothing is computed here.

const REST = 420 // milliseconds between two steps while playing
const GLIDE = 200 // milliseconds in which the place moves

const players = new WeakMap()

export default function (component) {
  const { data, parentElement } = component
  let player = players.get(parentElement)
  if (!player) {
    player = new Player(parentElement.querySelector(".sg-player"))
    players.set(parentElement, player)
  }
  player.show(data)
  return () => {
    player.close()
    players.delete(parentElement)
  }
}

class Player {
  constructor(root) {
    this.root = root
    this.find = (name) => root.querySelector(`[data-part=${name}]`)
    this.index = 0
    this.asked = 0 // counts what was asked for, so that an older movement knows that it is over
    this.playing = false
    this.moves = { go: (index) => this.go(index), at: () => this.index, toggle: () => (this.playing ? this.pause() : this.play()) }
    wireControls(this.find, this.moves)
    root.onkeydown = (event) => this.key(event)
    this.resized = new ResizeObserver(() => this.ready && window.Plotly.Plots.resize(this.find("chart")))
    this.resized.observe(root)
  }

  async show(data) {
    if (this.shown === data.look) return
    this.shown = data.look
    this.data = data
    this.ready = false
    this.pause()
    this.root.dataset.state = "loading"
    let library
    try {
      library = await loadPlotly(data.plotly)
    } catch {
      this.find("caption").textContent = "The drawing library could not be loaded: reload the page."
      return
    }
    if (this.shown !== data.look) return
    const config = { displayModeBar: false, responsive: false, doubleClick: false }
    // As large as before, so that nothing jumps while a person moves the learning rate.
    await library.react(this.find("chart"), { ...JSON.parse(data.figure), config })
    if (this.shown !== data.look) return
    const chart = this.find("chart")
    chart.setAttribute("aria-label", data.summary)
    this.find("slider").max = this.last
    this.ready = true
    await this.move(Math.min(this.index, this.last), 0)
    this.root.dataset.shown = data.look
  }

  get last() {
    return this.data.captions.length - 1
  }

  // A person goes somewhere: that ends the playing.
  go(index) {
    this.pause()
    return this.move(index)
  }

  async move(index, glide = GLIDE) {
    if (!this.ready) return
    const asked = ++this.asked
    this.index = Math.max(0, Math.min(index, this.last))
    this.root.dataset.state = "moving"
    this.label()
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches
    const duration = still || !this.data.glides ? 0 : glide
    await window.Plotly.animate(this.find("chart"), [String(this.index)], {
      mode: "immediate",
      // Without a redraw plotly takes a map away.
      frame: { duration, redraw: !this.data.glides },
      transition: { duration, easing: "cubic-in-out" },
    }).catch(() => {})
    if (asked !== this.asked) return // Another step was asked for meanwhile.
    this.root.dataset.state = "idle"
    this.root.dataset.step = this.index
  }

  async play() {
    this.playing = true
    if (this.index >= this.last) await this.move(0, 0)
    this.label()
    while (this.playing && this.index < this.last) {
      await this.move(this.index + 1)
      if (this.index < this.last) await new Promise((done) => (this.timer = setTimeout(done, REST)))
    }
    this.pause()
  }

  pause() {
    this.playing = false
    clearTimeout(this.timer)
    this.label()
  }

  label() {
    labelControls(this.find, this.index, this.data ? this.last : 0, this.playing)
    if (!this.data) return
    this.find("caption").textContent = this.data.captions[this.index] ?? ""
    this.find("where").textContent = `${this.index} of ${this.last}`
    this.find("slider").value = this.index
    this.find("slider").setAttribute("aria-valuetext", this.data.captions[this.index] ?? "")
  }

  // Keys that are pressed in here move this figure, and not the graph above.
  key(event) {
    const move = isTaken(event) ? null : moveOf(event, this.moves)
    if (!move) return
    event.preventDefault()
    move()
  }

  close() {
    this.pause()
    this.resized.disconnect()
    if (window.Plotly) window.Plotly.purge(this.find("chart"))
  }
}
