"""One competitor at one work, size and number of clients: a load in each round."""
import statistics

from arena import GIGABIT

SIZES = {"64K": 64 << 10, "1M": 1 << 20, "10M": 10 << 20, "100M": 100 << 20}
VALUES = ("rps", "mbps", "ttfb50", "ttfb99", "total50", "total99")
FAULTS = ("failed", "refused", "wrong")


class Cell:
    def __init__(self, arena, competitor, size, clients, seconds):
        self.arena, self.competitor, self.size, self.clients, self.seconds = arena, competitor, size, clients, seconds
        # The arena goes on to the next work; what was measured stays this one's.
        self.work = arena.work
        self.is_cold = self.work == "cold"
        self.is_large = SIZES[size] >= 10 << 20
        self.rounds = []
        self.peak = 0.0
        self.asked = 0
        self.cpu = 0.0

    def prepare(self):
        """Warm: what can be known is known. Twice, for some keep a file at its second request only."""
        if not self.is_cold:
            self.arena.load(self.competitor, self.size, 1, least=2, most=2)

    def run(self):
        arena = self.arena
        # One line for all, save for small files: they hardly fill it, and a slow start would be all that is seen.
        arena.pace(GIGABIT // self.clients if self.size != "64K" else GIGABIT)
        self.competitor.reset_peak()
        asked, cpu = arena.upstream_requests(), self.competitor.cpu()
        least = self.clients * (2 if self.is_large and self.is_cold and self.clients > 1 else 1)
        result = arena.load(
            self.competitor, self.size, self.clients, self.seconds, max(least, 3), fresh="c" if self.is_cold else None, is_large=self.is_large)
        self.asked += arena.upstream_requests() - asked
        self.cpu += self.competitor.cpu() - cpu
        self.peak = max(self.peak, self.competitor.peak())
        self.rounds.append(result)

    def median(self, value):
        return statistics.median(r[value] for r in self.rounds)

    def ratio_to(self, other, value):
        """The median of the rounds' ratios, which drift from round to round does not touch; None where the other did nothing."""
        pairs = [(mine[value], its[value]) for mine, its in zip(self.rounds, other.rounds) if its[value]]
        return statistics.median(mine / its for mine, its in pairs) if pairs else None

    def total(self, value):
        return sum(r[value] for r in self.rounds)

    @property
    def faults(self):
        return sum(self.total(name) for name in FAULTS)

    @property
    def spread(self):
        """Half of the way between the slowest and the fastest round, as a share of the median."""
        rates = [r["rps"] for r in self.rounds]
        middle = statistics.median(rates)
        return (max(rates) - min(rates)) / 2 / middle if middle else 0.0

    @property
    def asked_each(self):
        """How many requests reached upstream for each that was answered."""
        answered = self.total("requests")
        return self.asked / answered if answered else 0.0

    @property
    def cpu_each(self):
        """Milliseconds of computing for each request that was answered, which a busy machine falsifies least."""
        answered = self.total("requests")
        return self.cpu * 1000 / answered if answered else 0.0

    @property
    def is_as_said(self):
        """Whether upstream was asked as often as this work demands."""
        expected = self.competitor.contacts_upstream
        return self.is_cold or expected is None or (self.asked_each > 0.95 if expected else self.asked_each < 0.05)

    def as_data(self):
        return {
            "competitor": self.competitor.key, "label": self.competitor.label, "work": self.work, "size": self.size, "clients": self.clients,
            "peak_mib": round(self.peak, 1), "cpu_ms_each": round(self.cpu_each, 3), "upstream_each": round(self.asked_each, 3), "rounds": self.rounds}
