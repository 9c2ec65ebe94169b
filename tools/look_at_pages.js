// Looks at the page that is open, and returns what a reader could not read.
// look_at_pages.py gives it {width, tallest}.
(limits) => {
  const problems = [];
  const content = document.querySelector(".md-content") ?? document.body;
  const text = (element) => {
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
    return `<${element.tagName.toLowerCase()}> "${words}"`;
  };
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && element.checkVisibility({ opacityProperty: true });
  };
  // A box that scrolls shows all that it holds.
  const scrolls = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(each).overflowX)) return true;
    return false;
  };

  const height = Math.ceil(document.documentElement.scrollHeight);
  if (height > limits.tallest) problems.push(`the page is ${height} px high`);
  // What a reader unfolds must be readable, too.
  const folded = [...content.querySelectorAll("details:not([open])")];
  for (const each of folded) each.open = true;
  if (document.documentElement.scrollWidth > window.innerWidth + 1)
    problems.push(`the page scrolls sideways to ${document.documentElement.scrollWidth} px`);

  for (const element of content.querySelectorAll("*")) {
    if (!shown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.right > window.innerWidth + 1 && !scrolls(element))
      problems.push(`wider than the window: ${text(element)}`);
    const style = getComputedStyle(element);
    const cut = ["hidden", "clip"].includes(style.overflowX) && element.clientWidth > 0;
    if (cut && element.scrollWidth > element.clientWidth + 1) problems.push(`cut off: ${text(element)}`);
  }
  // On a wide window nothing needs a bar, except for what a program prints and for diagrams of text,
  // whose lines are as long as they are. On a telephone code and tables have a bar of their own.
  if (limits.width >= 1000)
    for (const element of content.querySelectorAll("pre > code, .md-typeset__scrollwrap"))
      if (element.scrollWidth > element.clientWidth + 1 && !element.closest(".language-text, .language-tree, .scrolling"))
        problems.push(`needs scrolling: ${text(element)}`);

  for (const cell of content.querySelectorAll("td, th"))
    if (cell.textContent.includes("\\")) problems.push(`a backslash in a table: ${text(cell)}`);
  for (const picture of document.images)
    if (picture.complete && picture.naturalWidth === 0) problems.push(`no picture at ${picture.src}`);

  // The theme colours code and texts; what lies on a background of our own must stay readable, too.
  const channels = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, below) => ({
    red: top.red * top.alpha + below.red * (1 - top.alpha),
    green: top.green * top.alpha + below.green * (1 - top.alpha),
    blue: top.blue * top.alpha + below.blue * (1 - top.alpha),
    alpha: 1,
  });
  const background = (element) => {
    if (!element) return { red: 255, green: 255, blue: 255, alpha: 1 };
    const own = channels(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, background(element.parentElement));
  };
  // WCAG 2.2, "relative luminance" and "contrast ratio".
  const linear = (channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = (c) => 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
  for (const element of content.querySelectorAll("p, li, td, th, a, code, summary, label, button, h1, h2, h3")) {
    if (!shown(element) || !/^(rgb|rgba)\(/.test(getComputedStyle(element).color)) continue;
    const below = background(element);
    const ink = luminance(over(channels(getComputedStyle(element).color), below));
    const paper = luminance(below);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < limits.contrast && element.textContent.trim())
      problems.push(`contrast of ${ratio.toFixed(1)} to 1: ${text(element)}`);
  }
  for (const each of folded) each.open = false;
  return {
    problems: [...new Set(problems)],
    anchors: [...document.querySelectorAll("[id]")].map((element) => element.id),
    links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
  };
}
