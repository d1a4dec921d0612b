"""Chat pages of all kinds, each a real list in a real page, with the messages that it must hold."""

from __future__ import annotations

import json

from tests.extension.background.world import LIBRARY

STYLE = """<style>
body{margin:0;font:14px sans-serif;display:flex;flex-direction:column;height:100vh}
h1{font-size:16px;margin:8px}#log{flex:1;overflow-y:auto;min-height:0;position:relative}
.msg{padding:6px 12px}.msg p{display:inline-block;margin:0;background:#eee;padding:6px}
.mine{text-align:right}textarea{height:40px}
</style>"""
HEAD = (
    "<!doctype html><html lang=zh><meta charset=utf-8><title>在线客服</title>"
    f"{STYLE}<h1>在线客服</h1>"
)
TAIL = "<textarea></textarea>"

MAKE = """
const made = (n) => ({
  n, mine: n % 3 === 0, words: n % 7 === 1 ? '在吗' : n % 50 === 7
    ? `第${n}条：${'这一条很长，'.repeat(20)}` : `第${n}条消息`,
});
const fill = (row, m) => {
  row.className = m.mine ? 'msg mine' : 'msg kefu';
  const [minute, second] = [Math.floor(m.n / 60) % 60, m.n % 60];
  const at = [14, minute, second].map((one) => String(one).padStart(2, '0')).join(':');
  row.innerHTML = `<b>${m.mine ? '我' : '客服小美'}</b> <time>2026-08-18 ${at}</time><br>
    <p>${m.words}</p>`;
  return row;
};
const row = (m) => fill(document.createElement('div'), m);
const log = document.getElementById('log');
"""


def words(n: int) -> str:
    """Return what message `n` of every page says."""
    if n % 7 == 1:
        return "在吗"
    return f"第{n}条：{'这一条很长，' * 20}" if n % 50 == 7 else f"第{n}条消息"


def page(script: str) -> str:
    """Return a chat page whose script fills `#log`."""
    return f"{HEAD}<div id=log class=chat-log></div>{TAIL}<script>{MAKE}{script}</script>"


def plain(count: int) -> str:
    """Return a chat whose messages are all in the page; it stands at its end."""
    return page(
        f"for (let n = 0; n < {count}; n += 1) log.append(row(made(n)));log.scrollTop = 1e9;"
    )


def lazy(count: int, batch: int) -> str:
    """Return a chat that loads older messages when it is scrolled to its top."""
    return page(f"""
let first = {count};
const load = () => {{
  const before = log.scrollHeight;
  for (let k = 0; k < {batch} && first > 0; k += 1) {{ first -= 1; log.prepend(row(made(first))); }}
  log.scrollTop += log.scrollHeight - before;
}};
load(); log.scrollTop = 1e9;
let waiting = false;
log.addEventListener('scroll', () => {{
  if (log.scrollTop > 40 || waiting || first === 0) return;
  waiting = true;
  setTimeout(() => {{ waiting = false; load(); }}, 60);
}});""")


def late(count: int, above: int) -> str:
    """Return a chat that shows its first messages only to who has come back from its top."""
    return page(f"""
for (let n = {above}; n < {count}; n += 1) log.append(row(made(n)));
log.scrollTop = 1e9;
let been = false, first = {above};
log.addEventListener('scroll', () => {{
  been ||= log.scrollTop === 0;
  if (!been || log.scrollTop + log.clientHeight < log.scrollHeight - 1) return;
  while (first > 0) {{ first -= 1; log.prepend(row(made(first))); }}
}});""")


def virtual(count: int, extra: str = "") -> str:
    """Return a chat of which only what is in sight is in the page; its rows are used again.

    Heights differ, and are known only once a row was there. `extra` may call `come()`: a message
    arrives, and the list jumps to its end as chats do.
    """
    return page(f"""
const all = Array.from({{ length: {count} }}, (_, n) => made(n));
const heights = all.map(() => 52);
const pad = document.createElement('div');
log.append(pad);
pad.style.position = 'relative';
const pool = [];
const draw = () => {{
  let y = 0, n = 0;
  while (n < all.length && y + heights[n] < log.scrollTop - 100) y += heights[n++];
  let used = 0;
  const end = log.scrollTop + log.clientHeight + 100;
  while (n < all.length && y < end) {{
    pool[used] ??= pad.appendChild(document.createElement('div'));
    const one = pool[used++];
    fill(one, all[n]);
    one.style.cssText = `position:absolute;left:0;right:0;top:0;transform:translateY(${{y}}px)`;
    heights[n] = one.offsetHeight;
    y += heights[n++];
  }}
  for (const one of pool.slice(used)) one.style.display = 'none';
  pad.style.height = `${{heights.reduce((a, b) => a + b, 0)}}px`;
}};
let asked = false;
log.addEventListener('scroll', () => {{
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {{ asked = false; draw(); }});
}});
const come = () => {{
  all.push(made(all.length)); heights.push(52); draw(); log.scrollTop = 1e9; draw();
}};
draw(); log.scrollTop = 1e9; draw(); log.scrollTop = 1e9;
{extra}""")


def scroller(count: int) -> str:
    """Return a chat drawn with vue-virtual-scroller; its rows are used again, in any order."""
    home = f"{LIBRARY}vue-virtual-scroller/dist/vue-virtual-scroller"
    modules = {"vue": "vue/dist/vue.esm-browser.prod.js", "mitt": "mitt/dist/mitt.es.js"}
    imports = json.dumps({"imports": {name: LIBRARY + at for name, at in modules.items()}})
    return f"""{HEAD}<link rel=stylesheet href={home}.css>
<div id=app style="flex:1;min-height:0;display:flex"></div>{TAIL}
<script type=importmap>{imports}</script>
<script type=module>
import {{ createApp, h, nextTick }} from 'vue';
import {{ DynamicScroller, DynamicScrollerItem }}
  from '{home}.js';
{MAKE.replace("const log = document.getElementById('log');", "")}
const items = Array.from({{ length: {count} }}, (_, n) => ({{ id: n, ...made(n) }}));
const draw = ({{ item, index, active }}) => h(
  DynamicScrollerItem,
  {{ item, active, sizeDependencies: [item.words], 'data-index': index }},
  () => h('div', {{ class: item.mine ? 'msg mine' : 'msg kefu', innerHTML: row(item).innerHTML }}),
);
createApp({{
  mounted() {{ nextTick(() => this.$refs.list.scrollToBottom()); }},
  render: () => h(
    DynamicScroller,
    {{ ref: 'list', items, minItemSize: 40, id: 'log', class: 'chat-log' }},
    {{ default: draw }},
  ),
}}).mount('#app');
</script>"""


def framed(inner: str) -> str:
    """Return a page that shows a chat in a frame of its own site, under a tall banner."""
    return f"""<!doctype html><html lang=zh><title>我的工单</title>
<div style="height:900px">横幅</div>
<iframe src="{inner}" style="width:700px;height:500px"></iframe><div style="height:300px"></div>"""


SHADOWED = """<!doctype html><html lang=zh><meta charset=utf-8><title>客服</title>
<chat-window></chat-window><script>
const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg'
  + 'YPj/HwADAgH/5ncJxwAAAABJRU5ErkJggg==';
customElements.define('chat-window', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' });
    root.innerHTML = `<style>.log{height:300px;overflow-y:auto}.day{position:sticky;top:0}
      .l{text-align:left}.r{text-align:right}.x{display:none}img{width:40px;height:40px}</style>
      <div class=log><div class=inner></div></div>`;
    const inner = root.querySelector('.inner');
    const said = [
      '<div class=day>2026-08-18</div>', '<div class=l>14:01 您好</div>',
      '<div class=r>14:02 没到货<span class=x>复制 撤回</span></div>',
      `<div class=r>14:03 <img src="${PIXEL}" alt=截图></div>`,
      `<div class=l>14:04 <img src="/same.png"><img src="http://127.0.0.1:PORT/other.png"></div>`,
      '<div class=l>14:05 看<a href="/help?a=1&b=2" onclick="alert(1)">说明</a></div>',
      '<div class=l>14:06 <canvas width=40 height=40></canvas></div>',
      ...Array.from({ length: 20 }, (_, n) => `<div class=l>15:${10 + n} 好的</div>`),
    ];
    inner.innerHTML = said.join('');
    root.querySelector('.log').scrollTop = 120;
  }
});
Element.prototype.getBoundingClientRect = () => { throw new Error('no'); };
Object.defineProperty(Element.prototype, 'scrollTop', { get: () => 7, set() {} });
</script>"""
"""A chat in an open shadow root, classes name nobody, on a page that overwrites prototypes."""
