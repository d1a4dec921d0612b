"""The visible text of a visited page, by the same rule as extension/content/snapshot.js."""

from __future__ import annotations

from helper.capture.artifacts import ArtifactError
from helper.capture.settle import World

_SECONDS = 15.0
"""It waits for the page's thread until the DOM, which may have 30 MB, is written out."""
_TEXT = """
(() => {
  const unseen = /^(HEAD|SCRIPT|STYLE|TEMPLATE|NOSCRIPT|TITLE|OPTION|TEXTAREA)$/;
  const hidden = [];
  const range = new Range();
  const shown = node => {
    const element = node.parentElement ?? node.getRootNode().host;
    if (element?.checkVisibility && !element.checkVisibility(
      {checkOpacity: true, checkVisibilityCSS: true})) return false;
    range.selectNode(node);
    const box = range.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  const walk = (node, own, depth) => {
    if (depth > 1500) return;
    for (const child of node.childNodes) {
      if (child.nodeType === 3) {
        const text = child.data.trim();
        if (own && text && shown(child)) own.push(text.slice(0, 500));
      } else if (child.nodeType === 1) {
        if (child.tagName === 'IFRAME') {
          const inside = child.contentDocument;
          if (inside) {
            walk(inside, own, depth + 1);
            const text = inside.body?.innerText ?? '';
            if (text.trim()) hidden.push(text);
          }
        }
        if (child.shadowRoot) {
          const texts = [];
          walk(child.shadowRoot, texts, depth + 1);
          if (texts.length) hidden.push(texts.join('\\n'));
          own?.push(...texts);
        }
        if (!unseen.test(child.tagName)) walk(child, own, depth + 1);
      }
    }
  };
  walk(document, null, 0);
  return [document.body?.innerText ?? '', ...hidden].join('\\n\\n');
})()
"""


async def take(world: World) -> bytes:
    """Return the visible text in UTF-8; that of frames and open shadow roots comes last."""
    found = await world.run(_TEXT, _SECONDS)
    if not isinstance(found, str):
        raise ArtifactError("dom_empty")
    return found.encode("utf-8", "replace")
