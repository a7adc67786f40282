"""Files as package hosts have them: zips of many small members, half source text and half programs, from what is installed on this machine."""
import os
import random
import sysconfig
import zipfile
from pathlib import Path

PLACES = (sysconfig.get_path("stdlib"), "/usr/lib/python3", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")


def write_wheel(path, size, seed=1):
    """A zip of about that many bytes."""
    r = random.Random(seed)
    texts, programs = [], []
    for place in PLACES:
        for folder, _, names in os.walk(place):
            for name in sorted(names):
                file = Path(folder) / name
                if file.is_symlink() or not file.is_file() or file.stat().st_size > size // 4:
                    continue
                (programs if ".so" in name else texts if name.endswith(".py") else []).append(file)
    r.shuffle(texts)
    r.shuffle(programs)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        written = 0
        while wheel.fp.tell() < size and (texts or programs):
            kind = texts if texts and (written <= 0 or not programs) else programs
            file = kind.pop()
            written += file.stat().st_size * (1 if kind is texts else -1)
            wheel.write(file, f"package/{len(texts)}-{len(programs)}-{file.name}")
    return path
