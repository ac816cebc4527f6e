// The overview as a component of the page: Python sends it the data, and is told of {position, folding, surface}.

const overviews = new WeakMap()
export default function (component) {
  const { data, parentElement, setStateValue } = component
  let shown = overviews.get(parentElement)
  if (!shown) {
    shown = new Overview(parentElement.querySelector(".sg-overview"))
    overviews.set(parentElement, shown)
  }
  shown.tell = setStateValue
  const surface = getComputedStyle(parentElement).getPropertyValue("--st-background-color")
  const turned = shown.surface && shown.surface !== surface
  shown.surface = surface
  if (turned) setStateValue("surface", surface)
  shown.show(data)
  return () => {
    shown.close()
    overviews.delete(parentElement)
  }
}
