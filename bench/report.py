"""The tables: for each work the ratios at a glance, the goals, then every number."""
import json
import os
import platform
import time

import goals
import plot
from table import markdown_table

# For each work: what its first table compares with, and with whom each number is compared further down.
MAIN = {"cold": "floor", "verdict": "proxy", "store": "proxy-cache"}
COMPARED = {"cold": ("floor", "squid", "stand-in"), "verdict": ("proxy", "proxy-notemp", "static", "squid"), "store": ("proxy", "proxy-cache", "static", "squid-cache")}
TITLES = {
    "cold": "Cold: every request a content that was never seen, downloaded and scanned",
    "verdict": "Warm by verdict: known to be clean, fetched from upstream",
    "store": "Warm by store: kept, upstream not asked"}


class Results:
    def __init__(self, given):
        self.given = given
        self.began = time.strftime("%Y-%m-%d %H:%M")
        self.load_before = os.getloadavg()
        self.cells = {}     # (work, size, clients) -> {key: Cell}
        self.missing = []

    def absent(self, work, competitor, reason):
        self.missing.append((work, competitor.label, reason))

    def add(self, work, size, clients, cells):
        self.cells[work, size, clients] = {cell.competitor.key: cell for cell in cells}

    def works(self):
        return [work for work in TITLES if any(key[0] == work for key in self.cells)]

    def save(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.markdown() + "\n")
        data = [cell.as_data() for cells in self.cells.values() for cell in cells.values()]
        path.with_suffix(".json").write_text(json.dumps(data, indent=1))
        path.with_suffix(".svg").write_text(plot.draw(data))

    def markdown(self):
        parts = [self._head()]
        if self.missing:
            parts.append("Left out:\n\n" + "\n".join(f"- {work}: {label}: {reason}" for work, label, reason in self.missing))
        if rows := goals.rows(self.cells):
            parts.append("## Goals\n\n" + markdown_table(["goal", "needed", "aim", "measured (clients: ratio)", "met"], rows))
        for work in self.works():
            parts.append(f"## {TITLES[work]}\n\n{self._glance(work)}")
            parts += [self._detail(key, cells) for key, cells in self.cells.items() if key[0] == work]
        return "\n\n".join(parts)

    def _head(self):
        given = self.given
        return (
            f"# Side by side\n\n{self.began}, {os.cpu_count()} cores, Linux {platform.release()}, load average before {self.load_before[0]:.1f}; signatures: {given.database}; "
            f"{given.rounds} round(s) of {given.seconds:g} s for each number, competitors in turn; medians over the rounds, of ratios too.\n\n"
            "Every body's length was checked and one in 16 (10 MiB and more: one in 4) compared byte by byte; cold bodies are all different, their first bytes checked each time. "
            "The first byte is the body's first. Times in ms; MB/s are 10^6 bytes. Peak: resident memory of all processes of that competitor, without clamd and the origin; CPU: what they computed for each request, which a busy machine falsifies least. "
            "Spread: half of the way between the slowest and the fastest round. In cold runs upstream is paced to 1 Gbit/s, shared by all clients from 1 MiB up: "
            "squid 5.7 stalls when upstream is faster than its ICAP service (its bug 5352), which is also why its cache is filled from the paced origin.")

    def _glance(self, work):
        keys = [key for key in self.cells if key[0] == work]
        main = MAIN[work]
        competitors = {k: c.competitor.label for key in keys for k, c in self.cells[key].items()}
        if main not in competitors:
            return f"(not compared: {main} was not measured)"
        rows = [[label] + [ratio(self.cells[key].get(k), self.cells[key].get(main)) for key in keys] for k, label in competitors.items()]
        return f"Requests a second, as a share of {competitors[main]}:\n\n" + markdown_table(
            ["", *(f"{size}, {clients}" for _, size, clients in keys)], rows)

    def _detail(self, key, cells):
        work, size, clients = key
        against = [k for k in COMPARED[work] if k in cells]
        head = ["", "req/s", "spread", "MB/s", "first byte p50", "p99", "total p50", "p99", "peak MiB", "CPU ms", "faults", "upstream"] + [f"÷ {k}" for k in against]
        rows = [[*self._numbers(cell), *(ratio(cell, cells[k]) for k in against)] for cell in cells.values()]
        return f"### {work}, {size}iB, {clients} client{'s' if clients > 1 else ''}\n\n" + markdown_table(head, rows)

    @staticmethod
    def _numbers(cell):
        times = [f"{cell.median(v):,.2f}" for v in ("ttfb50", "ttfb99", "total50", "total99")]
        return [
            cell.competitor.label, f"{cell.median('rps'):,.1f}", f"±{cell.spread:.0%}", f"{cell.median('mbps'):,.1f}", *times, f"{cell.peak:.0f}" if cell.peak else "",
            f"{cell.cpu_each:,.2f}" if cell.cpu else "",
            f"**{cell.faults}** of {cell.total('requests') + cell.faults}" if cell.faults else "0", f"{cell.asked_each:.2f}{'' if cell.is_as_said else ' (!)'}"]


def ratio(cell, other):
    found = cell.ratio_to(other, "rps") if cell and other else None
    return "" if found is None else f"{found:.2f}"
