// What the page shows once it has loaded: its visible text, whether anything is drawn, and
// the links that lead around the site.
((name) => {
  const cut = (text, most) => String(text || '').slice(0, most);
  const visible = (e) => {
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    return box.width * box.height > 16 && style.visibility !== 'hidden' && style.display !== 'none' && Number(style.opacity) > 0;
  };
  const drawn = [...document.querySelectorAll('img,canvas,svg,video,input,button,select,textarea')].slice(0, 500)
    .filter((e) => visible(e) && (e.tagName !== 'IMG' || e.naturalWidth > 1)).length;
  let anchors = [];
  for (const where of ['nav a[href], [role=navigation] a[href]', 'header a[href]', 'a[href]']) {
    anchors = [...document.querySelectorAll(where)];
    if (anchors.length) break;
  }
  const links = anchors.slice(0, 500).filter((a) => typeof a.href === 'string').map((a) => ({
    url: cut(a.href, 2000), text: cut((a.textContent || '').trim(), 80),
    acts: a.hasAttribute('data-method') || a.hasAttribute('data-turbo-method') || a.hasAttribute('hx-post') || a.hasAttribute('hx-delete')
      || a.hasAttribute('download') || a.hasAttribute('ping'),
  }));
  const timing = performance.getEntriesByType('navigation')[0] || {};
  const seen = window[name] || {};
  return JSON.stringify({
    title: cut(document.title, 200), text: cut(document.body && document.body.innerText, 20000), drawn, links,
    canvases: document.querySelectorAll('canvas').length,
    ready: timing.domContentLoadedEventEnd || 0, load: timing.loadEventEnd || 0, first: timing.responseStart || 0,
    asked: seen.asked || 0, got: seen.got || 0, drew: seen.drew || 0, offscreen: seen.offscreen || 0,
    lcp: seen.lcp || 0, cls: seen.cls || 0,
  });
})
