const { columns, openScene } = require("./scene.js");

describe("canvas", () => {
  test("the scene opens on a canvas", () => {
    expect(() => openScene(document.createElement("canvas"))).not.toThrow();
  });

  test("the canvas keeps its size", () => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    openScene(canvas);
    expect(canvas.width).toBe(640);
  });
});

test("a position is a column as high as its worth", () => {
  expect(columns([{ worth: 3 }])[0].scale.y).toBe(3);
});
