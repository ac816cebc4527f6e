// Plays the figure that Python built: it moves through the figure's frames, one step at a time.
//
// Its data are {run, figure, width, height, moments, start, plotly}. A moment names the frame that shows
// it whole, and the frames that lead to it. Nothing is computed here: every number comes with the data.
//
// Of two programs side by side each has a stage, and both step in time: `pair` is {side, leads, times, width, height}.
// times[beat] is this side's moment; the leading side has the controls and tells the other one of each beat; both are
// drawn at one scale, that of the larger figure. Alone, `pair` is null, and a beat is a moment.

const GLIDE = 260 // milliseconds in which the ring moves to the next node, at speed 1
const TRAVEL = 480 // milliseconds in which a gradient runs along its edge, at speed 1
const LAND = 160 // milliseconds in which what has arrived settles, at speed 1
const REST = 900 // milliseconds between two steps while playing, at speed 1
const STOPPED = "stopped" // another step was asked for while this one was still moving

class Stage {
  constructor(root) {
    this.root = root
    this.find = (name) => root.querySelector(`[data-part=${name}]`)
    this.index = 0
    this.asked = 0 // counts what was asked for, so that an older movement knows that it is over
    this.playing = false
    this.report = () => {} // whoever owns the stage may want to know of each step
    this.room = new Room(this)
    this.asks = new Asks(this)
  }

  async show(data) {
    const key = `${data.run}/${data.look}`
    if (this.shown === key) return
    const from = this.data?.run === data.run ? this.index : data.start
    this.shown = key
    this.ready = false // until it is drawn, nothing can move
    this.data = data
    this.index = Math.max(0, Math.min(from, this.last))
    this.pause()
    this.root.dataset.state = "loading"
    this.root.classList.toggle("sg-stale", data.stale)
    this.root.classList.toggle("sg-of-two", Boolean(data.pair))
    this.root.classList.toggle("sg-follows", this.follows)
    this.root.dataset.side = this.side
    let library
    try {
      // Cards are measured below: in their own letters, not in those that stand in for them.
      const [loaded] = await Promise.all([loadPlotly(data.plotly), loadFonts()])
      library = loaded
    } catch {
      this.find("card").replaceChildren(element("p", "sg-words", "The drawing library could not be loaded: reload the page."))
      return
    }
    if (this.shown !== key) return
    const figure = JSON.parse(data.figure)
    const config = { displayModeBar: false, responsive: false, doubleClick: false }
    await library.newPlot(this.find("chart"), { ...figure, config })
    if (this.shown !== key) return // Something newer came while this was being drawn.
    this.find("frame").setAttribute("aria-label", data.summary)
    this.find("slider").max = this.last
    this.find("way").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`)
    this.asks.light(null)
    this.room.reserve()
    this.room.fit()
    this.ready = true
    await this.jump(this.index, { report: false, still: true })
    this.root.dataset.shown = key
  }

  // --- moving ---------------------------------------------------------------------------------

  async step() {
    if (!this.ready || this.index >= this.last) return
    const asked = ++this.asked
    const began = performance.now()
    const before = this.moment
    this.enter(this.index + 1)
    this.asks.tell("step")
    if (this.moment === before) return this.settle(asked) // It waits for the other side.
    const moment = this.moment
    const [first, ...rest] = moment.travel
    const whole = this.still ? 0 : (first ? GLIDE : 0) + (rest.length ? TRAVEL : 0) + LAND
    this.root.dataset.meant = whole / this.speed // milliseconds that this step is meant to take
    try {
      let left = 0
      if (!this.still) {
        if (first) await this.run([first], GLIDE, "cubic-in-out", asked)
        if (rest.length) await this.run(rest, TRAVEL / rest.length, "linear", asked)
        // Each frame starts a little late. The last one makes up for it, so that a step takes its time and no more.
        left = Math.max(0, whole - (performance.now() - began) * this.speed)
      }
      await this.run([moment.name], left, "cubic-out", asked)
      this.settle(asked)
    } catch (error) {
      if (error !== STOPPED) throw error
    }
  }

  async jump(index, { report = true, still = false } = {}) {
    if (!this.ready) return
    const asked = ++this.asked
    this.enter(Math.max(0, Math.min(index, this.last)), report)
    if (report) this.asks.tell("jump")
    try {
      await this.run([this.moment.name], still || this.still ? 0 : LAND, "cubic-in-out", asked)
      this.settle(asked)
    } catch (error) {
      if (error !== STOPPED) throw error
    }
  }

  async run(names, duration, easing, asked) {
    const time = duration / this.speed
    await window.Plotly.animate(this.find("chart"), names, {
      mode: "immediate",
      frame: { duration: time, redraw: false },
      transition: { duration: time, easing },
    }).catch(() => {
      throw STOPPED
    })
    if (asked !== this.asked) throw STOPPED
  }

  toggle() {
    if (this.playing) return this.pause()
    this.playing = true
    this.label()
    this.play()
  }

  async play() {
    if (this.index >= this.last) await this.jump(0)
    while (this.playing) {
      await this.step()
      if (this.index >= this.last) return this.pause()
      await new Promise((done) => (this.timer = setTimeout(done, REST / this.speed)))
    }
  }

  pause() {
    this.playing = false
    clearTimeout(this.timer)
    this.label()
  }

  // --- showing --------------------------------------------------------------------------------

  get moment() {
    return this.data.moments[this.data.pair ? this.data.pair.times[this.index] : this.index]
  }

  get last() {
    return (this.data?.pair?.times ?? this.data?.moments ?? [0]).length - 1
  }

  get side() {
    return this.data?.pair?.side ?? ""
  }

  // What is said where this side has no step of its own at this beat.
  get waits() {
    const times = this.data.pair?.times
    if (!times || !this.index || times[this.index] !== times[this.index - 1]) return ""
    return times[this.index] === times.at(-1) ? "has ended" : "waits: only the other program has this step"
  }

  get follows() {
    return this.data?.pair?.leads === false
  }

  get speed() {
    return Number(this.find("speed").value)
  }

  get still() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches
  }

  enter(index, report = true) {
    this.index = index
    this.root.dataset.state = "moving"
    const moment = this.moment
    this.root.dataset.moment = moment.name
    this.find("slider").value = index
    this.find("slider").setAttribute("aria-valuetext", moment.say)
    this.find("where").textContent = this.side ? `${index} of ${this.last}` : moment.heading
    this.find("say").textContent = this.side ? `${this.side}: ${moment.say}` : moment.say
    this.find("card").scrollTop = 0
    this.find("card").replaceChildren(...card(moment))
    if (this.side) this.find("card").firstChild.prepend(badge(this.side))
    if (this.waits) this.find("card").firstChild.append(element("span", "sg-waits", this.waits))
    this.find("card").dataset.phase = moment.phase
    this.label()
    this.room.follow(moment)
    const detail = { line: moment.line, name: moment.name, side: this.side }
    this.root.moment = detail // for an editor that comes later than this
    window.dispatchEvent(new CustomEvent("seegrad-moment", { detail }))
    if (!report || this.follows) return
    this.report(this.index)
  }

  settle(asked) {
    if (asked !== this.asked) return
    this.root.dataset.state = "idle"
    this.root.dataset.step = this.index
  }

  label() {
    labelControls(this.find, this.index, this.last, this.playing)
  }

  close() {
    this.pause()
    this.room.close()
    this.asks.close()
    if (window.Plotly) window.Plotly.purge(this.find("chart"))
  }
}
