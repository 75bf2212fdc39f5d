"""What holds on every page, whatever it is about: it fits the screen, can be read, and can be used without a mouse."""

# Runs in the page and returns what is wrong with it, as sentences.
LOOK = r"""
() => {
  const wrong = [];
  const shown = element => {
    const style = getComputedStyle(element);
    return element.getClientRects().length > 0 && style.visibility !== 'hidden' && style.display !== 'none';
  };
  const name = element => `<${element.tagName.toLowerCase()}${element.name ? ' name=' + element.name : ''}${element.className && element.className.baseVal === undefined ? ' class="' + element.className + '"' : ''}> “${(element.textContent || '').trim().slice(0, 20)}”`;
  if (!/^zh/.test(document.documentElement.lang)) wrong.push('the page does not say that it is in Chinese');
  if (!document.title.trim()) wrong.push('the page has no title');
  if (!document.querySelector('main')) wrong.push('the page has no <main>');
  const headings = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(shown);
  const firsts = headings.filter(h => h.tagName === 'H1');
  if (firsts.length !== 1) wrong.push(`${firsts.length} headings of the first rank`);
  let rank = 0;
  for (const heading of headings) {
    const own = Number(heading.tagName[1]);
    if (rank && own > rank + 1) wrong.push(`a heading skips a rank: ${name(heading)}`);
    rank = own;
  }
  for (const input of document.querySelectorAll('input:not([type=hidden]),select,textarea')) {
    const labelled = (input.labels && input.labels.length && [...input.labels].some(l => l.textContent.trim()))
      || input.getAttribute('aria-label') || input.getAttribute('aria-labelledby');
    if (!labelled) wrong.push(`no label: ${name(input)}`);
  }
  for (const button of document.querySelectorAll('button,a[href],summary')) {
    if (shown(button) && !(button.textContent.trim() || button.getAttribute('aria-label') || button.querySelector('img[alt]:not([alt=""])')))
      wrong.push(`nothing says what it does: ${button.outerHTML.slice(0, 120)}`);
  }
  for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) wrong.push(`no alt: ${image.outerHTML.slice(0, 120)}`);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  const doubled = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (doubled.length) wrong.push(`ids given twice: ${[...new Set(doubled)].join(', ')}`);
  for (const described of document.querySelectorAll('[aria-describedby]'))
    for (const id of described.getAttribute('aria-describedby').split(/\s+/))
      if (!document.getElementById(id)) wrong.push(`described by nothing: ${name(described)} → ${id}`);

  // Contrast of what can be read (WCAG 1.4.3): 4.5, for large letters 3.
  const parse = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, bottom) => { const a = top.length > 3 ? top[3] : 1; return [0, 1, 2].map(i => top[i] * a + bottom[i] * (1 - a)); };
  const ground = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return null;
      const colour = parse(style.backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] > 0)) { layers.push(colour); if (colour.length < 4 || colour[3] === 1) break; }
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || !shown(element)) continue;
    seen.add(element);
    if (element.closest('[disabled],[aria-disabled=true],option,script,style,svg')) continue;
    const style = getComputedStyle(element);
    if (Number(style.opacity) < 1) continue;
    const below = ground(element);
    if (!below) continue;
    const text = over(parse(style.color), below);
    const [a, b] = [light(text), light(below)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.01) wrong.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  }
  return [...new Set(wrong)];
}
"""

FITS = r"""
() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const wide = [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    if (box.right <= most + 1 || !box.width) return false;
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return false;
    return true;
  });
  return [`wider than the screen (${document.documentElement.scrollWidth} > ${most}): ` +
    wide.slice(-3).map(e => e.outerHTML.slice(0, 100)).join(' | ')];
}
"""

# On a phone: what is read is at least 16 px, and what is tapped at least 44 px high (WCAG 2.5.8 asks for 24, look at 2.5.5).
# Only what goes with an icon or a picture may be smaller: the tab bar, counts on it, the mark of demonstration data, sizes of photos.
PHONE = r"""
() => {
  const wrong = [];
  // What is folded is looked at too, then folded again.
  const folded = [...document.querySelectorAll('details:not([open])')];
  for (const one of folded) one.open = true;
  const shown = element => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
  const aside = '.tabbar,.badge,.demo-band,.size,.hidden,svg,script,style,option,progress';
  const name = element => `<${element.tagName.toLowerCase()}${element.className && element.className.baseVal === undefined ? ' class="' + element.className + '"' : ''}> “${(element.textContent || element.value || '').trim().slice(0, 20)}”`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || element.closest(aside) || !shown(element)) continue;
    seen.add(element);
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 15.9) wrong.push(`${size} px: ${name(element)}`);
  }
  for (const input of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
    if (shown(input) && parseFloat(getComputedStyle(input).fontSize) < 15.9 && !input.closest('.pick')) wrong.push(`small letters in ${name(input)} ${input.name}`);
  for (const control of document.querySelectorAll('main button,main select,main summary,main a.btn,main input:not([type=hidden]):not([type=radio]):not([type=checkbox]),.tabbar a,.menu summary')) {
    if (!shown(control)) continue;
    const box = control.getBoundingClientRect();
    if (box.height < 43.5) wrong.push(`${Math.round(box.height)} px high: ${name(control)}`);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) wrong.push('wider than the screen when everything is unfolded');
  for (const one of folded) one.open = false;
  return [...new Set(wrong)].slice(0, 12);
}
"""

FOCUSED = r"""
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  const around = element.closest('label,.pick,.choice,li,div');
  const wrapped = around && (getComputedStyle(around).outlineStyle !== 'none' || getComputedStyle(around).boxShadow !== 'none');
  return { html: element.outerHTML.slice(0, 140), ring: !!(ring || wrapped), text: (element.textContent || '').trim() };
}
"""


def faults(page):
    """Everything that is wrong with a page as it stands, at a phone's and at a desk's width."""
    found = []
    own = page.viewport_size
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {fault}" for fault in page.evaluate(LOOK) + page.evaluate(FITS) + (page.evaluate(PHONE) if width < 640 else [])]
    page.set_viewport_size(own)
    return found


def reach(page, words, most=60):
    """Presses Tab until a control with these words has the focus; every stop on the way must show that it has it."""
    assert words, "nothing was looked for"
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            continue
        assert focused["ring"], f"the focus cannot be seen on {focused['html']}"
        if words in focused["text"]:
            return
    raise AssertionError(f"“{words}” is not reached by {most} tabs on {page.url}")
