// The overview of an offline file: a block opens to a state that is inside the file, and nobody is asked.

const OFFLINE = {
  left: "What is inside was left out of this file, which would be too large; viz.save keeps it all, for the page.",
  inSight: (count) => `${count} in sight`,
}

class SearchInSight extends Search {
  look() {
    super.look()
    this.take()
  }

  renew() {
    this.look()
  }

  take() {
    this.hits = this.inSight.map((i) => this.host.overview.items.id[i])
    this.say()
  }

  move(by) {
    if (!this.hits?.length) return
    this.at = this.at < 0 && by < 0 ? this.hits.length - 1 : (this.at + by + this.hits.length) % this.hits.length
    this.say()
    this.host.choose(this.host.indexOf(this.hits[this.at]))
  }

  say() {
    super.say()
    const count = this.inSight.length
    this.find("hits").textContent = !count ? SAY.none : this.at < 0 ? OFFLINE.inSight(count) : SAY.hits(this.at + 1, count)
  }
}

class OfflineOverview extends Overview {
  constructor(root) {
    super(root)
    this.search = new SearchInSight(this.find, this)
    this.find("search").placeholder = "Search what is in sight: name, module, operation, 64×768, nan"
    this.find("unfold").hidden = true // It opens many, and the file holds one at a time.
    this.tell = (name, said) => name === "folding" && this.turn(said.ids)
  }

  // One pass of the file, from its start.
  begin(pass, run, look) {
    this.pass = pass
    this.number = 0
    this.name = run
    this.dress(look)
  }

  dress(look) {
    this.look = look
    // A name for "light or dark" is no colour that a canvas could be told.
    this.root.style.setProperty("--st-background-color", TINTS[look].surface)
    const { overview, lines } = this.pass.states[this.number]
    this.show({ run: this.name, look: `${this.name}/${look}/${this.number}`, overview, lines, start: 0, card: null, stale: false, linked: false })
    this.root.dataset.boxes = this.overview.items.id.length
  }

  turn(ids) {
    const { opened } = this.overview
    const [added] = ids.filter((id) => !opened.includes(id))
    const [removed] = opened.filter((id) => !ids.includes(id))
    const { opens, folds, nothing } = this.pass
    const number = !ids.length ? nothing : added !== undefined ? opens[added] : folds[removed]
    if (number === undefined || number === null || number === this.number) return (this.pending = null)
    this.number = number
    this.dress(this.look)
  }

  // A block that the file doesn't hold is selected, and its card says so.
  click(i) {
    const { items } = this.overview
    if (i >= 0 && items.kind[i] === "group" && !this.holds(items.id[i])) return this.select(i)
    super.click(i)
  }

  holds(id) {
    return Number.isInteger(this.pass.opens[id])
  }

  answerOf(id) {
    const card = this.pass.cards[id] ?? this.pass.cards[bare(id)]
    const i = this.indexOf(id)
    if (i < 0 || this.overview.items.kind[i] !== "group" || this.holds(id)) return card
    return { ...card, words: `${card?.words ?? ""} ${OFFLINE.left}`.trim() }
  }
}
