"""The comparison as an SVG: a row for each work, a panel for each size, a group of bars for each number of clients, requests a second on a log axis."""
import math
from html import escape
from statistics import median

TITLES = {"cold": "Cold: downloaded and scanned", "verdict": "Warm by verdict: fetched, not scanned", "store": "Warm by store: neither"}
# The same in every row: greys are for comparison, warm colours scan too, green and blue are ours.
COLOURS = {
    "floor": "#8b929c", "direct": "#b4bac2", "static": "#8b929c", "proxy": "#b4bac2", "proxy-notemp": "#6e757f", "proxy-cache": "#a08f7a",
    "squid": "#d9a066", "squid-cache": "#b5651d", "e2guardian": "#8d6e97", "stand-in": "#c9a227", "stand-in-redis": "#c9a227"}
OURS = {
    "clamproxy": "#1f8a70", "clamproxy-redis": "#5fc9ac", "clamproxy-nginx": "#3b82c4", "clamproxy-store": "#14614e", "clamproxy-redis-store": "#5fc9ac",
    "clamproxy-nginx-store": "#3b82c4", "clamproxy-accel": "#7cc0f5"}

LEFT, PANEL, GAP, HEIGHT, TITLE, LEGEND_LINE = 20, 290, 62, 190, 42, 18
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .small { font-size: 11px } .title { font-size: 15px; font-weight: 600 }
  .back { fill: #ffffff } .line { stroke: #d0d7de; stroke-width: 1 } .axis { stroke: #6e7781; stroke-width: 1 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .back { fill: #0d1117 } .line { stroke: #30363d } .axis { stroke: #8b949e } }"""


def draw(data):
    """The SVG of what compare.py keeps as JSON."""
    works = [work for work in TITLES if any(d["work"] == work for d in data)]
    sizes = list(dict.fromkeys(d["size"] for d in data))
    width = LEFT * 2 + max(2, len(sizes)) * (PANEL + GAP)
    parts, y = [], 30
    for work in works:
        part, height = _row(work, [d for d in data if d["work"] == work], sizes, y, width)
        parts.append(part)
        y += height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}"><style>{STYLE}\n</style>'
        f'<rect class="back" width="{width}" height="{y}"/>{"".join(parts)}</svg>\n')


def _row(work, data, sizes, y, width):
    labels = {d["competitor"]: d["label"] for d in data}
    colours = {key: (COLOURS | OURS).get(key, "#888888") for key in labels}
    part = [_text(LEFT, y, f"{TITLES[work]} (requests a second)", "title")]
    legend, y_legend = _legend(labels, colours, y + 22, width)
    part += legend
    top = y_legend + TITLE
    for i, size in enumerate(sizes):
        panel = [d for d in data if d["size"] == size]
        if panel:
            part.append(_panel(panel, list(labels), colours, size, LEFT + GAP - 14 + i * (PANEL + GAP), top))
    return "".join(part), top + HEIGHT + 62 - y


def _legend(labels, colours, y, width):
    part, x = [], LEFT
    for key, label in labels.items():
        room = 26 + 7 * len(label)
        if x + room > width - LEFT:
            x, y = LEFT, y + LEGEND_LINE
        part.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{colours[key]}"/>' + _text(x + 17, y, label))
        x += room
    return part, y


def _panel(data, order, colours, size, x, top):
    rates = [(d, median(r["rps"] for r in d["rounds"])) for d in data]
    positive = [rate for _, rate in rates if rate > 0] or [1]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    high = max(high, low + 1)

    def height_of(rate):
        return HEIGHT * (math.log10(rate) - low) / (high - low) if rate > 0 else 0

    part = [_text(x, top - 12, f"{size}iB", "title")]
    for power in range(low, high + 1):
        at = top + HEIGHT - height_of(10 ** power)
        part.append(f'<line class="line" x1="{x}" x2="{x + PANEL}" y1="{at:.1f}" y2="{at:.1f}"/>' + _text(x - 5, at + 4, _number(10.0 ** power), "small", "end"))
    groups = list(dict.fromkeys(d["clients"] for d in data))
    room = PANEL / len(groups)
    bar = (room - 14) / len(order)
    for g, clients in enumerate(groups):
        left = x + g * room + 7
        for d, rate in rates:
            if d["clients"] == clients:
                tall = max(1.0, height_of(rate))
                note = escape(f'{d["label"]}, {size}iB, {clients} clients: {rate:,.1f} requests a second')
                part.append(
                    f'<rect x="{left + order.index(d["competitor"]) * bar:.1f}" y="{top + HEIGHT - tall:.1f}" width="{max(1.0, bar - 1):.1f}" height="{tall:.1f}" '
                    f'fill="{colours[d["competitor"]]}"><title>{note}</title></rect>')
        part.append(_text(left + (room - 14) / 2, top + HEIGHT + 17, f"{clients} client{'s' if clients > 1 else ''}", "small", "middle"))
    part.append(f'<line class="axis" x1="{x}" x2="{x + PANEL}" y1="{top + HEIGHT}" y2="{top + HEIGHT}"/>')
    return "".join(part)


def _number(value):
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _text(x, y, text, kind="", anchor="start"):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(text)}</text>'
