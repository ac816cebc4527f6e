// The controls of whatever is stepped through: its five buttons, its slider, and the keys that do the same.
//
// `moves` are {go(index), at(), toggle(), next()}; `next` only where a step forward is more than going to its index.

const TYPED_INTO = "input:not([type=range], [type=checkbox]), textarea:not([readonly]), select, [role=combobox], [role=dialog], [role=tablist], [role=radiogroup]"

function wireControls(find, { go, at, toggle, next = () => go(at() + 1) }) {
  find("first").onclick = () => go(0)
  find("back").onclick = () => go(at() - 1)
  find("play").onclick = toggle
  find("next").onclick = next
  find("last").onclick = () => go(Infinity)
  find("slider").oninput = (event) => go(Number(event.target.value))
}

function labelControls(find, index, last, playing) {
  find("play").textContent = playing ? "Pause" : "Play"
  find("first").disabled = find("back").disabled = index <= 0
  find("next").disabled = find("last").disabled = index >= last
}

// A key that is somebody else's: of a field that is typed into, of the browser.
function isTaken(event) {
  const at = event.target
  return event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || at.isContentEditable || at.closest(TYPED_INTO)
}

// The move that a key asks for, if any. Space presses the button that has the focus, as everywhere.
function moveOf(event, { go, at, toggle, next = () => go(at() + 1) }) {
  const moves = {
    ArrowRight: next,
    ArrowLeft: () => go(at() - 1),
    Home: () => go(0),
    End: () => go(Infinity),
    " ": event.target.closest("button, a, summary, label") ? null : toggle,
  }
  return moves[event.key]
}
