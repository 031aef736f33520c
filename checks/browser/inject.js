// Runs before the page's own scripts: notes what a visitor's browser knows and does not
// tell (paint and shift times, use of WebGL), and takes WebGL away where that is asked.
((name, withoutWebGL) => {
  const seen = { asked: 0, got: 0, drew: 0, offscreen: 0, lcp: 0, cls: 0 };
  Object.defineProperty(window, name, { value: seen });
  const getContexts = [window.HTMLCanvasElement, window.OffscreenCanvas];
  for (const canvas of getContexts) {
    if (!canvas) continue;
    const original = canvas.prototype.getContext;
    canvas.prototype.getContext = function (kind, ...rest) {
      if (!/webgl/i.test(String(kind))) return original.call(this, kind, ...rest);
      seen.asked++;
      if (withoutWebGL) {
        try { this.dispatchEvent(new Event('webglcontextcreationerror')); } catch { /* nobody listens */ }
        return null;
      }
      const context = original.call(this, kind, ...rest);
      if (context) seen.got++;
      return context;
    };
  }
  const transfer = window.HTMLCanvasElement.prototype.transferControlToOffscreen;
  if (transfer) {
    window.HTMLCanvasElement.prototype.transferControlToOffscreen = function () {
      seen.offscreen++;
      return transfer.call(this);
    };
  }
  for (const context of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    if (!context) continue;
    for (const draw of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced', 'drawRangeElements']) {
      const original = context.prototype[draw];
      if (!original) continue;
      context.prototype[draw] = function (...args) {
        seen.drew++;
        return original.apply(this, args);
      };
    }
  }
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.lcp = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    // Layout shift as Web Vitals count it: the worst window of shifts less than a second
    // apart, five seconds at most.
    let sum = 0, first = 0, last = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        if (entry.startTime - last > 1000 || entry.startTime - first > 5000) { sum = 0; first = entry.startTime; }
        sum += entry.value;
        last = entry.startTime;
        seen.cls = Math.max(seen.cls, sum);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  } catch { /* an older browser */ }
})
