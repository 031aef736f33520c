// What reaches beyond a screen of the given width: how wide the page scrolls, which
// elements make it so, and which text is cut off where nobody can scroll to.
((width) => {
  const name = (e) => {
    let text = e.tagName.toLowerCase();
    if (e.id) text += '#' + String(e.id).slice(0, 40);
    else if (typeof e.className === 'string' && e.className.trim()) text += '.' + e.className.trim().split(/\s+/).slice(0, 2).join('.').slice(0, 60);
    return text;
  };
  const root = document.scrollingElement || document.documentElement;
  const clips = (e) => /hidden|clip/.test(getComputedStyle(e).overflowX);
  const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowX);
  const page = [document.documentElement, document.body];
  const locked = page.some((e) => e && clips(e));
  // held says whether an ancestor other than the page keeps e from reaching out: it can be
  // scrolled within, or it is a box that is meant to cut.
  const held = (e) => {
    for (let up = e; up && !page.includes(up); up = up.parentElement) {
      if (up !== e && scrolls(up)) return true;
      if (clips(up)) {
        const box = up.getBoundingClientRect();
        if (box.right <= width + 1 && (box.width < 0.9 * width || getComputedStyle(up).textOverflow === 'ellipsis')) return true;
      }
      if (getComputedStyle(up).position === 'fixed') return false;
    }
    return false;
  };
  const wide = [], cut = [];
  let looked = 0;
  if (document.body) {
    for (const e of document.body.querySelectorAll('*')) {
      if (++looked > 20000) break;
      const box = e.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || box.right <= width + 1) continue;
      if (!held(e)) wide.push({ name: name(e), width: Math.round(box.width), right: Math.round(box.right) });
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    looked = 0;
    for (let node = walker.nextNode(); node && cut.length < 20; node = walker.nextNode()) {
      if (++looked > 20000) break;
      const e = node.parentElement;
      if (!e || node.data.trim().length < 3) continue;
      const style = getComputedStyle(e);
      if (style.visibility === 'hidden' || style.display === 'none') continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.height > 0 && box.left < width - 8 && box.right > width + 8 && box.bottom > 0 && !held(e)) {
        cut.push({ name: name(e), width: Math.round(box.width), right: Math.round(box.right) });
      }
    }
  }
  wide.sort((a, b) => b.right - a.right);
  const viewport = document.querySelector('meta[name=viewport i]');
  return JSON.stringify({ viewport: viewport ? String(viewport.content).slice(0, 200) : '', inner: innerWidth, scroll: root.scrollWidth, locked, wide: wide.slice(0, 5), cut: cut.slice(0, 5) });
})
