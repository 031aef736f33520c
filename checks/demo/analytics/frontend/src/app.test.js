const { drawPrices } = require("./app.js");

test("draws into the element it is given", () => {
  const element = document.createElement("div");
  drawPrices(element, [1, 2, 3], [10, 11, 12]);
  expect(element.childElementCount).toBe(1);
});
