"""What every competitor says of itself."""
from processes import cpu_seconds, memory, reset_peak, tree


class Competitor:
    key = ""                    # for --only
    label = ""                  # for the tables
    works = ()                  # of cold, verdict, store
    needs = ()                  # programs
    is_yardstick = False        # something to compare with rather than somebody who scans
    scans = True                # so it must not deliver EICAR
    contacts_upstream = None    # whether each warm request must reach upstream; None: not checked

    def __init__(self):
        self.port = 0
        self.prefix = ""        # before the path: a forward proxy is asked for whole URLs
        self.headers = []
        self.load_options = []
        self.processes = []

    def start(self, arena):
        """Comes up, or raises StartError with the reason."""
        raise NotImplementedError

    def process_ids(self):
        return [pid for process in self.processes for pid in tree(process.pid)]

    def reset_peak(self):
        for pid in self.process_ids():
            reset_peak(pid)

    def cpu(self):
        """Seconds that its processes computed so far."""
        return sum(cpu_seconds(pid) for pid in self.process_ids())

    def peak(self):
        """MiB: the sum of its processes' resident peaks, which counts pages that they share once for each."""
        return sum(memory(pid, "VmHWM") for pid in self.process_ids())
