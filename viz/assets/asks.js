// Who asks the stage to move: its buttons, keys, what is said beside the program, charts, tables, and of a pair
// the leading side.

const POINTING = ["click", "pointerover", "focusin", "focusout"]

class Asks {
  constructor(stage) {
    this.stage = stage
    this.find = stage.find
    this.moves = { go: (index) => stage.jump(index), at: () => stage.index, toggle: () => stage.toggle(), next: () => stage.step() }
    wireControls(this.find, this.moves)
    this.find("whole").onclick = () => {
      stage.room.show(!stage.room.whole)
      this.tell("jump")
    }
    this.heard = new AbortController()
    const { signal } = this.heard
    document.addEventListener("keydown", (event) => this.key(event), { signal })
    for (const type of POINTING) document.addEventListener(type, (event) => this.point(event), { signal })
    window.addEventListener("seegrad-beat", (event) => this.followBeat(event.detail), { signal })
    // Tables and charts beside the stage name a moment to go to, or a way to show.
    window.addEventListener("seegrad-go", (event) => this.go(event.detail.name), { signal })
  }

  key(event) {
    const { stage } = this
    if (!stage.data || stage.follows || isTaken(event)) return
    const { go } = event.target.dataset
    const move = event.key === "Enter" && go ? () => this.go(go) : moveOf(event, this.moves)
    if (!move) return
    event.preventDefault()
    if (event.key !== " ") stage.pause()
    move()
  }

  go(name) {
    const { stage } = this
    if (!stage.side) this.jumpTo(name)
  }

  jumpTo(name) {
    const { stage } = this
    const index = (stage.data?.moments ?? []).findIndex((moment) => moment.name === name)
    if (index < 0) return
    stage.pause()
    stage.jump(index)
  }

  point(event) {
    const at = event.target instanceof Element ? event.target : null
    if (event.type === "click") {
      // What is said beside the program may lead to a step.
      const said = at?.closest("[data-sg-moment]")
      if (said) this.jumpTo(said.dataset.sgMoment)
      const goes = at?.closest("[data-go]")
      if (goes) return this.go(goes.dataset.go)
    }
    const focused = document.activeElement?.closest("[data-way]")
    const over = event.type === "focusout" ? null : at?.closest("[data-way]")
    this.light(over ?? focused)
  }

  // A wide line under the numbers: one path through the graph.
  light(row) {
    this.find("way").firstElementChild.setAttribute("d", row?.dataset.way ?? "")
  }

  // Tell the other side of the pair, and hear of it.
  tell(way) {
    const { stage } = this
    if (!stage.data.pair || stage.follows) return
    const detail = { run: stage.data.run, index: stage.index, way, speed: stage.speed, whole: stage.room.whole }
    window.dispatchEvent(new CustomEvent("seegrad-beat", { detail }))
  }

  followBeat({ run, index, way, speed, whole }) {
    const { stage } = this
    if (!stage.follows || run !== stage.data.run) return
    this.find("speed").value = speed
    stage.room.show(whole)
    if (!stage.ready) stage.index = index
    else if (way === "step" && index === stage.index + 1) stage.step()
    else stage.jump(index)
  }

  close() {
    this.heard.abort()
  }
}
