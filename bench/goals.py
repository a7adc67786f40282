"""What has to hold, as far as this comparison shows it."""
from dataclasses import dataclass


@dataclass
class Goal:
    work: str
    who: str
    whom: str
    value: str              # of a cell: rps, mbps, total50
    needed: float
    aim: float = None
    sizes: tuple = ("64K", "1M", "10M", "100M")
    clients: tuple = (1, 8, 32)
    is_most: bool = False   # the ratio is to be this at most

    def title(self, size, cells):
        value = {"rps": "req/s", "mbps": "MB/s", "total50": "total p50"}[self.value]
        return f"{self.work}, {size}iB: {cells[self.who].competitor.label} against {cells[self.whom].competitor.label}, {value}"


GOALS = [
    Goal("store", "clamproxy-store", "proxy", "rps", 1.0, sizes=("64K",)),
    Goal("store", "clamproxy-store", "proxy-cache", "rps", 0.3, 0.6, sizes=("64K",)),
    Goal("store", "clamproxy-store", "proxy-cache", "mbps", 0.7, 0.9, sizes=("10M",)),
    Goal("store", "clamproxy-store", "squid-cache", "rps", 2.0),
    Goal("store", "clamproxy-accel", "static", "mbps", 0.95, sizes=("10M",)),
    Goal("store", "clamproxy-accel", "proxy", "rps", 1.0, sizes=("64K",)),
    Goal("verdict", "clamproxy", "proxy", "rps", 0.8),
    Goal("cold", "clamproxy", "floor", "total50", 1.05, clients=(1,), is_most=True),
    Goal("cold", "clamproxy", "floor", "rps", 1.0, clients=(32,)),
    # "Never behind by more than noise": five in a hundred.
    Goal("cold", "clamproxy", "squid", "rps", 0.95),
    Goal("cold", "squid-clamproxy", "squid", "rps", 1.0, sizes=("64K", "1M"), clients=(1, 32)),
    Goal("verdict", "squid-clamproxy", "squid", "rps", 5.0, sizes=("64K", "1M"), clients=(1, 32)),
    Goal("cold", "clamproxy", "e2guardian", "rps", 0.95),
    Goal("cold", "clamproxy", "stand-in", "rps", 0.95),
]


def rows(all_cells):
    return [row for goal in GOALS for size in goal.sizes if (row := _row(goal, size, all_cells))]


def _row(goal, size, all_cells):
    found = {}
    for clients in goal.clients:
        cells = all_cells.get((goal.work, size, clients), {})
        ratio = cells[goal.who].ratio_to(cells[goal.whom], goal.value) if goal.who in cells and goal.whom in cells else None
        if ratio is not None:
            found[clients] = ratio
            title = goal.title(size, cells)
    if not found:
        return None
    is_met = all(ratio <= goal.needed if goal.is_most else ratio >= goal.needed for ratio in found.values())
    sign = "≤" if goal.is_most else "≥"
    return [
        title, f"{sign} {goal.needed:g}", f"{sign} {goal.aim:g}" if goal.aim else "", ", ".join(f"{clients}: {ratio:.2f}" for clients, ratio in found.items()),
        "yes" if is_met else "**no**"]
