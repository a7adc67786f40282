"""Signature databases for clamd: `small` is EICAR alone; `large` is about as big as the official ones, with generated signatures that find nothing."""
import hashlib
import random
from pathlib import Path

EICAR = b"".join([b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTI", b"VIRUS-TEST-FILE!$H+H*"])

# In millions, as the official databases had them in 2025: hashes of whole files, of sections of programs, and patterns.
FILE_MD5, FILE_SHA256, SECTION_MD5, PATTERNS, LOGICAL = 1.0, 2.0, 1.0, 0.1, 0.04

# Which files a pattern is for: any, Windows programs, OLE, HTML, mail, ELF, ASCII, PDF, with their shares. Patterns for any file cost every scan.
TARGETS = ((0, 0.04), (1, 0.576), (3, 0.115), (2, 0.058), (4, 0.058), (6, 0.038), (7, 0.077), (10, 0.038))


def write(folder, kind):
    """Writes the database of that kind, or gives the folder that `kind` names."""
    if kind not in ("small", "large"):
        return Path(kind)
    folder = Path(folder)
    folder.mkdir()
    (folder / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    if kind == "large":
        _write_large(folder, random.Random(20251101))
    return folder


def _write_large(folder, r):
    def lines(name, millions, line):
        with open(folder / name, "w") as f:
            f.writelines(line(i) for i in range(int(millions * 1e6)))

    lines("large.hdb", FILE_MD5, lambda i: f"{r.randbytes(16).hex()}:{_size(r)}:Test.Md5-{i}\n")
    lines("large.hsb", FILE_SHA256, lambda i: f"{r.randbytes(32).hex()}:{_size(r)}:Test.Sha-{i}\n")
    lines("large.mdb", SECTION_MD5, lambda i: f"{_size(r) // 512 * 512 + 512}:{r.randbytes(16).hex()}:Test.Section-{i}\n")
    lines("large.ndb", PATTERNS, lambda i: _pattern(r, i))
    lines("large.ldb", LOGICAL, lambda i: _logical(r, i))
    # So that the canary's hash form is there as in the official ones.
    (folder / "test.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature-Md5\n")


def _size(r):
    return int(2 ** r.uniform(9, 26))


def _target(r, of_any=None):
    targets, shares = zip(*TARGETS)
    return r.choices(targets, shares if of_any is None else (of_any, *shares[1:]))[0]


def _pattern(r, i):
    half, kind = r.randint(6, 30), r.random()
    # Two in ten look like program text, whose frequent bytes make a scan look closer; the others' are as rare as chance has it.
    first, second = (_code(r, half), _code(r, half)) if 0.35 <= kind < 0.55 else (r.randbytes(half), r.randbytes(half))
    gap = "" if kind < 0.55 else "??" * r.randint(1, 4) if kind < 0.75 else f"{{{r.randint(1, 10)}-{r.randint(11, 200)}}}" if kind < 0.9 else "*"
    target, place = _target(r), r.random()
    fixed = f"EP+{r.randint(0, 400)}" if target in (1, 6) else str(r.randint(0, 4096))
    offset = "*" if place < 0.7 else fixed if place < 0.9 else f"{r.randint(0, 2000)},{r.randint(1, 500)}"
    return f"Test.Pattern-{i}:{target}:{offset}:{first.hex()}{gap}{second.hex()}\n"


def _code(r, n):
    return bytes(r.choice((0, 0, 0xFF, 0x8B, 0x45, 0x89, 0xE8, 0x74, 0x20, r.randrange(256), r.randrange(256), r.randrange(32, 127))) for _ in range(n))


def _logical(r, i):
    n = r.randint(2, 6)
    rule = "&".join(map(str, range(n))) if r.random() < 0.7 else f"({'|'.join(map(str, range(n - 1)))})&{n - 1}"
    parts = ";".join(r.randbytes(r.randint(6, 30)).hex() for _ in range(n))
    return f"Test.Logical-{i};Engine:51-255,Target:{_target(r, 0.01)};{rule};{parts}\n"
