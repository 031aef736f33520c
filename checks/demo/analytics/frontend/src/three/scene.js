// The portfolio as a landscape: each position a column, as high as it is worth.
import * as three from "three";

export function openScene(canvas) {
  const context = canvas.getContext("webgl2");
  if (!context) {
    throw new Error("the canvas has no drawing context");
  }
  const renderer = new three.WebGLRenderer({ canvas, context });
  renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
  return renderer;
}

export function columns(positions) {
  const geometry = new three.BoxGeometry(1, 1, 1);
  return positions.map((p, i) => {
    const column = new three.Mesh(geometry, new three.MeshLambertMaterial());
    column.position.set(i * 1.5, p.worth / 2, 0);
    column.scale.y = p.worth;
    return column;
  });
}
