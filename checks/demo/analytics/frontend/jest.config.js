module.exports = {
  testEnvironment: "jsdom",
  roots: ["<rootDir>/src"],
<%- if .Mended "canvas" %>
  setupFiles: ["jest-canvas-mock"],
<%- end %>
  reporters: ["default", ["jest-junit", { outputDirectory: "..", outputName: "jest.xml" }]],
  coverageReporters: ["lcovonly"],
};
