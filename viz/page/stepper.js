// Plays the figure that Python built: buttons, slider and keys move through its frames.
//
// Python sends {run, figure, width, height, moments, start, plotly}. A moment names the frame that shows
// it whole, and the frames that lead to it. Nothing is computed here: every number comes with the data.
//
// Of two programs side by side each has a stage, and both step in time: `pair` is {side, leads, times, width, height}.
// times[beat] is this side's moment; the leading side has the controls and tells the other one of each beat; both are
// drawn at one scale, that of the larger figure. Alone, `pair` is null, and a beat is a moment.

const MIN_SCALE = 0.7 // below this the figure scrolls: text on a projector has to be read
const WHOLE_SCALE = 0.02 // unless a person asks to see all of it at once
const MAX_SCALE = 1.5
const MAX_HEIGHT = 0.42 // of the window: the rule card stays in sight
const MAX_CARD = 300 // pixels; a taller card scrolls
const MAX_CARD_SHARE = 0.38 // of the window, where that is more
const MAX_HEIGHT_OF_TWO = 0.22 // each of two stages leaves room for the other
const MAX_CARD_OF_TWO = 0.19 // of the window
const GLIDE = 260 // milliseconds in which the ring moves to the next node, at speed 1
const TRAVEL = 480 // milliseconds in which a gradient runs along its edge, at speed 1
const LAND = 160 // milliseconds in which what has arrived settles, at speed 1
const REST = 900 // milliseconds between two steps while playing, at speed 1
const REPORT = 180 // milliseconds of quiet before Python is told of the step
const FONTS = ['24px "Source Serif"', '700 24px "Source Serif"', '16px "Source Sans"', '600 16px "Source Sans"', '16px "Source Code Pro"']
const POINTING = ["click", "pointerover", "focusin", "focusout"]
const STOPPED = "stopped" // another step was asked for while this one was still moving

const stages = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  let stage = stages.get(parentElement)
  if (!stage) {
    stage = new Stage(parentElement.querySelector(".sg-stage"))
    stages.set(parentElement, stage)
  }
  stage.report = (position) => setStateValue("position", position)
  stage.show(data)
  // The person switched between light and dark: Python draws the figure in the other colours.
  const surface = getComputedStyle(parentElement).getPropertyValue("--st-background-color")
  if (stage.surface && stage.surface !== surface) setStateValue("surface", surface)
  stage.surface = surface
  return () => {
    stage.close()
    stages.delete(parentElement)
  }
}

function loadFont(font) {
  return document.fonts.load(font).catch(() => [])
}

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  // One library for the stage and the charts beside it: a second would not know the plots of the first.
  window.seegradPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => {
      window.seegradPlotly = null
      reject(new Error("plotly.js did not load"))
    }
    document.head.append(script)
  })
  return window.seegradPlotly
}

class Stage {
  constructor(root) {
    this.root = root
    this.find = (name) => root.querySelector(`[data-part=${name}]`)
    this.index = 0
    this.asked = 0 // counts what was asked for, so that an older movement knows that it is over
    this.playing = false
    this.find("first").onclick = () => this.jump(0)
    this.find("back").onclick = () => this.jump(this.index - 1)
    this.find("play").onclick = () => this.toggle()
    this.find("next").onclick = () => this.step()
    this.find("last").onclick = () => this.jump(Infinity)
    this.find("whole").onclick = () => {
      this.whole = !this.whole
      this.fit()
      this.beat("jump")
    }
    this.find("slider").oninput = (event) => this.jump(Number(event.target.value))
    this.onkey = (event) => this.key(event)
    document.addEventListener("keydown", this.onkey)
    // What is said beside the program may lead to a step.
    this.onclick = (event) => {
      const name = event.target.closest?.("[data-sg-moment]")?.dataset.sgMoment
      const index = name ? (this.data?.moments ?? []).findIndex((moment) => moment.name === name) : -1
      if (index < 0) return
      this.pause()
      this.jump(index)
    }
    document.addEventListener("click", this.onclick)
    this.onbeat = (event) => this.followBeat(event.detail)
    window.addEventListener("seegrad-beat", this.onbeat)
    // Tables and charts beside the stage name a moment to go to, or a way to show.
    this.ongo = (event) => this.go(event.detail.name)
    window.addEventListener("seegrad-go", this.ongo)
    this.onpoint = (event) => this.point(event)
    for (const type of POINTING) document.addEventListener(type, this.onpoint)
    this.resized = new ResizeObserver(() => this.fit())
    this.resized.observe(this.find("view"))
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
      const [loaded] = await Promise.all([loadPlotly(data.plotly), ...FONTS.map(loadFont)])
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
    if (this.shown !== key) return
    this.find("frame").setAttribute("aria-label", data.summary)
    this.find("slider").max = this.last
    this.find("way").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`)
    this.light(null)
    this.reserve()
    this.fit()
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
    this.beat("step")
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
    if (report) this.beat("jump")
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

  // Tell the other side of the pair, and hear of it.
  beat(way) {
    if (!this.data.pair || this.follows) return
    const detail = { run: this.data.run, index: this.index, way, speed: this.speed, whole: this.whole }
    window.dispatchEvent(new CustomEvent("seegrad-beat", { detail }))
  }

  followBeat({ run, index, way, speed, whole }) {
    if (!this.follows || run !== this.data.run) return
    this.find("speed").value = speed
    if (this.whole !== whole) {
      this.whole = whole
      this.fit()
    }
    if (!this.ready) this.index = index
    else if (way === "step" && index === this.index + 1) this.step()
    else this.jump(index)
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

  key(event) {
    if (!this.data || this.follows || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const at = event.target
    if (at.isContentEditable || at.closest("input:not([type=range], [type=checkbox]), textarea, select, [role=combobox], [role=dialog], [role=tablist], [role=radiogroup]")) return
    const onButton = at.closest("button, a, summary, label")
    const moves = {
      ArrowRight: () => this.step(),
      ArrowLeft: () => this.jump(this.index - 1),
      Home: () => this.jump(0),
      End: () => this.jump(Infinity),
      // Space presses the button that has the focus, as everywhere.
      " ": onButton ? null : () => this.toggle(),
    }
    const move = event.key === "Enter" && at.dataset.go ? () => this.go(at.dataset.go) : moves[event.key]
    if (!move) return
    event.preventDefault()
    if (event.key !== " ") this.pause()
    move()
  }

  // --- what other parts of the page ask for -----------------------------------------------------

  go(name) {
    const index = this.data?.moments.findIndex((moment) => moment.name === name) ?? -1
    if (this.side || index < 0) return
    this.pause()
    this.jump(index)
  }

  point(event) {
    const at = event.target instanceof Element ? event.target : null
    const goes = at?.closest("[data-go]")
    if (event.type === "click" && goes) return this.go(goes.dataset.go)
    const focused = document.activeElement?.closest("[data-way]")
    const over = event.type === "focusout" ? null : at?.closest("[data-way]")
    this.light(over ?? focused)
  }

  // A wide line under the numbers: one path through the graph.
  light(row) {
    this.find("way").firstElementChild.setAttribute("d", row?.dataset.way ?? "")
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
    this.follow(moment)
    const detail = { line: moment.line, name: moment.name, side: this.side }
    this.root.moment = detail // for an editor that comes later than this
    window.dispatchEvent(new CustomEvent("seegrad-moment", { detail }))
    if (!report || this.follows) return
    const url = new URL(window.location.href)
    if (index) url.searchParams.set("step", index)
    else url.searchParams.delete("step")
    window.history.replaceState(window.history.state, "", url)
    clearTimeout(this.reporting)
    this.reporting = setTimeout(() => this.report({ run: this.data.run, index }), REPORT)
  }

  settle(asked) {
    if (asked !== this.asked) return
    this.root.dataset.state = "idle"
    this.root.dataset.step = this.index
  }

  label() {
    const last = this.last
    this.find("play").textContent = this.playing ? "Pause" : "Play"
    this.find("first").disabled = this.find("back").disabled = this.index <= 0
    this.find("next").disabled = this.find("last").disabled = this.index >= last
  }

  // The figure keeps its natural size; the page scales it as one picture, text and all.
  fit() {
    if (!this.data) return
    const view = this.find("view")
    const room = view.clientWidth
    const tallest = window.innerHeight * (this.side ? MAX_HEIGHT_OF_TWO : MAX_HEIGHT)
    const { width, height } = this.data.pair ?? this.data
    const fitting = Math.min(MAX_SCALE, room / width, tallest / height)
    const scale = Math.max(this.whole ? WHOLE_SCALE : MIN_SCALE, fitting)
    const whole = this.find("whole")
    whole.hidden = fitting >= MIN_SCALE
    whole.setAttribute("aria-pressed", String(Boolean(this.whole)))
    view.style.maxHeight = `${Math.round(tallest) + 12}px`
    const frame = this.find("frame")
    frame.style.width = `${this.data.width * scale}px`
    frame.style.height = `${this.data.height * scale}px`
    this.find("chart").style.transform = `scale(${scale})`
    this.scale = scale
    this.follow(this.moment)
  }

  follow(moment) {
    const view = this.find("view")
    if (!this.scale) return
    const left = moment.x * this.scale - view.clientWidth / 2
    const top = moment.y * this.scale - view.clientHeight / 2
    view.scrollTo({ left, top, behavior: this.still ? "auto" : "smooth" })
  }

  // The tallest card decides the height, so that nothing below it ever moves.
  reserve() {
    const place = this.find("card")
    place.style.height = ""
    const probe = place.cloneNode(false)
    probe.style.cssText = `position:absolute;visibility:hidden;width:${place.offsetWidth}px`
    place.after(probe)
    let tallest = 0
    for (const moment of this.data.moments.slice(0, 200)) {
      probe.replaceChildren(...card(moment))
      tallest = Math.max(tallest, Math.ceil(probe.getBoundingClientRect().height))
    }
    probe.remove()
    place.style.height = `${Math.min(tallest, this.side ? MAX_CARD_OF_TWO * window.innerHeight : Math.max(MAX_CARD, MAX_CARD_SHARE * window.innerHeight))}px`
  }

  close() {
    this.pause()
    clearTimeout(this.reporting)
    this.resized.disconnect()
    document.removeEventListener("keydown", this.onkey)
    document.removeEventListener("click", this.onclick)
    window.removeEventListener("seegrad-beat", this.onbeat)
    window.removeEventListener("seegrad-go", this.ongo)
    for (const type of POINTING) document.removeEventListener(type, this.onpoint)
    if (window.Plotly) window.Plotly.purge(this.find("chart"))
  }
}
