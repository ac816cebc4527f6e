// The frames around opened groups: their titles, which fold them again, and the path of frames around the selection.

class Frames extends Scene {
  constructor(root) {
    super(root)
    this.find("frames").onclick = (event) => {
      const button = event.target.closest("button")
      if (button) this.fold(button.dataset.id)
    }
    this.find("crumbs").onclick = (event) => {
      const id = event.target.closest("button")?.dataset.id
      if (id === "") this.fit()
      else if (id) this.moves.slide(this.moves.around(this.places.around(id)))
    }
  }

  fit() {
    super.fit()
    this.frameButtons() // The lines may be others now.
  }

  // The frames around an item, the outermost first.
  framesAround(i) {
    const { x, y } = this.overview.items
    return this.overview.frames.filter((one) => x[i] > one.left && x[i] < one.right && y[i] > one.bottom && y[i] < one.top).sort((a, b) => b.right - b.left - (a.right - a.left))
  }

  crumbs() {
    const around = this.chosen >= 0 ? this.framesAround(this.chosen) : []
    const shown = [{ id: "", title: SAY.graph }, ...around].map(({ id, title }) => {
      const made = element("button", "", title)
      made.type = "button"
      made.dataset.id = id
      return made
    })
    this.find("crumbs").replaceChildren(...shown)
  }

  frameButtons() {
    const made = this.places.pieces.map((piece) => {
      const button = element("button", "sg-over-frame", element("span", "", piece.title), element("b", "", "×"))
      button.type = "button"
      button.dataset.id = piece.id
      button.title = SAY.close(piece.title)
      button.setAttribute("aria-label", SAY.close(piece.title))
      button.piece = piece
      return button
    })
    this.find("frames").replaceChildren(...made)
  }

  // Called with each drawing: the titles of the frames move with them, and stay in sight while a part of the frame is.
  placeButtons() {
    const { x, y, scale } = this.moves.view
    const taken = []
    const shown = new Set()
    // The one that was just opened comes first, so that it can be closed again at once.
    const first = (button) => Number(button.piece.id === this.justOpened)
    for (const button of [...this.find("frames").children].sort((a, b) => first(b) - first(a))) {
      const { piece } = button
      const [left, top] = [Math.max(0, piece.x * scale + x) + 8, Math.max(10, piece.y * scale + y) - 8]
      const [right, bottom] = [Math.min(this.width, piece.right * scale + x), Math.min(this.height, piece.bottom * scale + y)]
      const meets = taken.some((one) => Math.abs(one.top - top) < 24 && left < one.right && one.left < left + 90)
      button.hidden = shown.has(piece.id) || meets || right - left < (first(button) ? 1 : 60) || bottom - top < (first(button) ? 1 : 24)
      if (button.hidden) continue
      shown.add(piece.id)
      taken.push({ left, top, right: left + 90 })
      button.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
      button.style.maxWidth = `${Math.round(Math.max(78, right - left - 8))}px`
    }
  }
}
