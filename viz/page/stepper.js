// The stage as a component of the page: Python sends it the data, and is told of the step and of the theme.

const REPORT = 180 // milliseconds of quiet before Python is told of the step

const stages = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  let stage = stages.get(parentElement)
  if (!stage) {
    stage = new Stage(parentElement.querySelector(".sg-stage"))
    stages.set(parentElement, stage)
  }
  stage.report = (index) => {
    if (data.linked) link(index)
    clearTimeout(stage.reporting)
    stage.reporting = setTimeout(() => setStateValue("position", { run: stage.data.run, index }), REPORT)
  }
  stage.show(data)
  // The person switched between light and dark: Python draws the figure in the other colours.
  const surface = getComputedStyle(parentElement).getPropertyValue("--st-background-color")
  if (stage.surface && stage.surface !== surface) setStateValue("surface", surface)
  stage.surface = surface
  return () => {
    clearTimeout(stage.reporting)
    stage.close()
    stages.delete(parentElement)
  }
}

// The address bar holds the step at once, so that it can be copied at any time.
function link(index) {
  const url = new URL(window.location.href)
  if (index) url.searchParams.set("step", index)
  else url.searchParams.delete("step")
  window.history.replaceState(window.history.state, "", url)
}
