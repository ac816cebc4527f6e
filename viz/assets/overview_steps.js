// The steps of an overview: the same controls and keys as those of the small stage.

const REST = 700 // milliseconds between two steps while playing, at speed 1
const REPORT = 180 // milliseconds of quiet before Python is told of the step

class Steps {
  // host: {beats, enter(index), report(), key(event)}; index 0 is the start, index k the k-th beat.
  constructor(root, host) {
    this.root = root
    this.host = host
    this.find = (name) => root.querySelector(`[data-part=${name}]`)
    this.index = 0
    this.playing = false
    this.moves = { go: (index) => this.go(index), at: () => this.index, toggle: () => (this.playing ? this.pause() : this.play()) }
    wireControls(this.find, this.moves)
    this.onkey = (event) => this.key(event)
    document.addEventListener("keydown", this.onkey)
    // Tables and charts beside the stage name a firing to go to: "b417".
    this.ongo = (event) => this.goToFiring(Number(event.detail.name.slice(1)))
    window.addEventListener("seegrad-go", this.ongo)
    this.onclick = (event) => {
      const row = event.target.closest?.("[data-go], [data-sg-moment]")
      if (row) this.goToFiring(Number((row.dataset.go ?? row.dataset.sgMoment).slice(1)))
    }
    document.addEventListener("click", this.onclick)
  }

  get last() {
    return this.host.beats.length
  }

  // The number of firings that are over at this index; firings count from 1.
  get firing() {
    return this.index ? this.host.beats[this.index - 1].stop : 0
  }

  // The beat in which this firing lies.
  indexOf(firing) {
    if (!firing) return 0
    const found = this.host.beats.findIndex((beat) => firing <= beat.stop)
    return found < 0 ? this.last : found + 1
  }

  goToFiring(firing) {
    if (!Number.isFinite(firing)) return
    this.pause()
    this.go(this.indexOf(firing))
  }

  go(index, report = true) {
    if (!this.host.ready) return
    this.index = Math.max(0, Math.min(index, this.last))
    this.find("slider").max = this.last
    this.find("slider").value = this.index
    this.label()
    this.host.enter(this.index, report)
    if (!report) return
    this.report()
    if (this.host.data.linked === false) return
    const url = new URL(window.location.href)
    if (this.firing) url.searchParams.set("step", this.firing)
    else url.searchParams.delete("step")
    window.history.replaceState(window.history.state, "", url)
  }

  report() {
    clearTimeout(this.reporting)
    this.reporting = setTimeout(() => this.host.report(), REPORT)
  }

  play() {
    if (this.index >= this.last) this.go(0)
    this.playing = true
    this.label()
    const next = () => {
      if (!this.playing) return
      this.go(this.index + 1)
      if (this.index >= this.last) return this.pause()
      this.timer = setTimeout(next, REST / Number(this.find("speed").value))
    }
    next()
  }

  pause() {
    this.playing = false
    clearTimeout(this.timer)
    this.label()
  }

  label() {
    labelControls(this.find, this.index, this.last, this.playing)
  }

  key(event) {
    if (!this.host.ready || isTaken(event)) return
    const { go } = event.target.dataset
    const move = event.key === "Enter" && go ? () => this.goToFiring(Number(go.slice(1))) : moveOf(event, this.moves)
    if (!move) return this.host.key(event)
    event.preventDefault()
    if (event.key !== " ") this.pause()
    move()
  }

  close() {
    this.pause()
    clearTimeout(this.reporting)
    document.removeEventListener("keydown", this.onkey)
    document.removeEventListener("click", this.onclick)
    window.removeEventListener("seegrad-go", this.ongo)
  }
}
