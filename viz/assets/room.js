// How large the stage is drawn, which part of it is in sight, and how much height the card gets.

const MIN_SCALE = 0.7 // below this the figure scrolls: text on a projector has to be read
const WHOLE_SCALE = 0.02 // unless a person asks to see all of it at once
const MAX_SCALE = 1.5
const MAX_HEIGHT = 0.42 // of the window: the rule card stays in sight
const MAX_CARD = 300 // pixels; a taller card scrolls
const MAX_CARD_SHARE = 0.38 // of the window, where that is more
const MAX_HEIGHT_OF_TWO = 0.22 // each of two stages leaves room for the other
const MAX_CARD_OF_TWO = 0.19 // of the window
const MEASURED_CARDS = 200

class Room {
  constructor(stage) {
    this.stage = stage
    this.find = stage.find
    this.whole = false // whether all of a large figure is shown at once
    this.resized = new ResizeObserver(() => this.fit())
    this.resized.observe(this.find("view"))
  }

  // The figure keeps its natural size; the page scales it as one picture, text and all.
  fit() {
    const { data, side } = this.stage
    if (!data) return
    const view = this.find("view")
    const tallest = window.innerHeight * (side ? MAX_HEIGHT_OF_TWO : MAX_HEIGHT)
    const { width, height } = data.pair ?? data
    const fitting = Math.min(MAX_SCALE, view.clientWidth / width, tallest / height)
    const scale = Math.max(this.whole ? WHOLE_SCALE : MIN_SCALE, fitting)
    const whole = this.find("whole")
    whole.hidden = fitting >= MIN_SCALE
    whole.setAttribute("aria-pressed", String(this.whole))
    view.style.maxHeight = `${Math.round(tallest) + 12}px`
    const frame = this.find("frame")
    frame.style.width = `${data.width * scale}px`
    frame.style.height = `${data.height * scale}px`
    this.find("chart").style.transform = `scale(${scale})`
    this.scale = scale
    this.follow(this.stage.moment)
  }

  show(whole) {
    if (this.whole === whole) return
    this.whole = whole
    this.fit()
  }

  follow(moment) {
    const view = this.find("view")
    if (!this.scale) return
    const left = moment.x * this.scale - view.clientWidth / 2
    const top = moment.y * this.scale - view.clientHeight / 2
    view.scrollTo({ left, top, behavior: this.stage.still ? "auto" : "smooth" })
  }

  // The tallest card decides the height, so that nothing below it ever moves.
  reserve() {
    const place = this.find("card")
    place.style.height = ""
    const probe = place.cloneNode(false)
    probe.style.cssText = `position:absolute;visibility:hidden;width:${place.offsetWidth}px`
    place.after(probe)
    let tallest = 0
    for (const moment of this.stage.data.moments.slice(0, MEASURED_CARDS)) {
      probe.replaceChildren(...card(moment))
      tallest = Math.max(tallest, Math.ceil(probe.getBoundingClientRect().height))
    }
    probe.remove()
    const most = this.stage.side ? MAX_CARD_OF_TWO * window.innerHeight : Math.max(MAX_CARD, MAX_CARD_SHARE * window.innerHeight)
    place.style.height = `${Math.min(tallest, most)}px`
  }

  close() {
    this.resized.disconnect()
  }
}
