const { expect, test } = require("@playwright/test");

test("the dashboard shows what is held", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Portfolio" })).toBeVisible();
});
