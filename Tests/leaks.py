#!/usr/bin/env python3
"""Looks for secrets in everything that the tests left: their files, their log, and cores.

leaks.py FOLDER [FILE…] looks through all below FOLDER and the FILEs. Exit code 0: none; 1: some, named on standard error by file,
place and kind, never by themselves; 2: it could not look.

Looked for:
- whatever has the form of a signed JWT, or of the session tokens with which the broker stands in for identity tokens,
- the same in base64, as HTTP Basic sends it,
- every secret that a simulator gave out. The simulators of the tests note lengths and SHA-256 in files `issued-…`.

Before it looks it hides secrets of its own, one of them in a core, and must find each of them.
"""
import base64, collections, errno, hashlib, mmap, os, re, secrets, string, subprocess, sys, tempfile

# Files that are meant to hold a secret: the end of their path, and why. Nothing else may.
ALLOWED = [
    (r"/output", "standard output that a test captured: `iam-broker token` and the helpers print a token there"),
    (r"/input", "standard input that a test gave: tools that verify or decode a token read it there"),
    (r"/token", "a token that a test of `iam-broker verify` or `decode` gives as a file, and the file of a sink"),
    (r"/cases", "tokens for tests of `iam-broker verify`, made by mint_cases.py with keys of its own"),
    (r"/keys/[^/]+", "the file of a key that a rotation publishes, and the one before it until the old key is gone"),
    (r"/pairs/archive\.json", "the file of an HMAC pair, which `iam-broker credential aws` reads"),
]
ALLOWED_ENDS = re.compile(r"(?:" + "|".join(end for end, _ in ALLOWED) + r")\Z")

# More bytes than this are an error of the tests.
LARGEST = 4 << 30

SIGNED_TOKEN = re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{32,}")
SESSION_TOKEN = re.compile(rb"iam-broker-session\.[\w-]{64}")
REPEATED = re.compile("|".join(f"{re.escape(c)}{{16,}}" for c in string.ascii_letters + string.digits + "+/_-").encode())
DIGITS = re.compile(rb"[0-9a-f]+")
WORD = re.compile(rb"[\w-]+")
# All but the characters of base64 to blanks: splitting is many times faster than an expression that tries every place.
BLANKS = bytes(byte if re.match(rb"[\w+/-]", bytes([byte])) else 32 for byte in range(256))


class Search:
    def __init__(self, issued):
        """ISSUED: pairs of length and SHA-256."""
        self.digests = collections.defaultdict(set)
        for length, digest in issued:
            self.digests[length].add(digest)

    def find(self, data):
        """Yields place and kind of each secret in DATA."""
        for kind, form in (("signed token", SIGNED_TOKEN), ("session token", SESSION_TOKEN)):
            for match in form.finditer(data):
                yield match.start(), kind
        shortest = min([120, *self.digests])
        for word in data[:].translate(BLANKS).split():
            if len(word) >= shortest:
                # No secret has sixteen of one character in a row; megabytes of them are slow to look through.
                for part in REPEATED.split(word) if len(word) > 4096 else [word]:
                    for kind in self.find_in_word(part):
                        yield data.find(word), kind

    def find_in_word(self, word):
        text = word.replace(b"-", b"+").replace(b"_", b"/")
        # How "eyJ" and "ses" begin a token in base64, wherever they are in a group of three.
        is_promising = len(text) >= 120 and any(sign in text for sign in (b"ZXlK", b"V5S", b"leU", b"c2Vz", b"Nlc", b"zZX"))
        for start in range(4) if is_promising else ():
            decoded = base64.b64decode(text[start:start + (len(text) - start) // 4 * 4])
            if SIGNED_TOKEN.search(decoded) or SESSION_TOKEN.search(decoded):
                yield "token in base64"
                break
        for length, digests in self.digests.items():
            # HMAC pairs are digits; the rest is base64url.
            for match in (DIGITS if length == 48 else WORD).finditer(word):
                part = match.group()
                for start in range(len(part) - length + 1):
                    if hashlib.sha256(part[start:start + length]).hexdigest() in digests:
                        yield "secret that a simulator gave out"

    def look_into(self, path):
        """Size of the file, and what is in it or in its name."""
        if os.path.islink(path):
            return 0, list(self.find(os.fsencode(path + " " + os.readlink(path))))
        if not os.path.isfile(path):
            return 0, list(self.find(os.fsencode(path)))
        with open(path, "rb") as file:
            size, found = 0, list(self.find(os.fsencode(path)))
            for start, end in pieces(file.fileno()):
                size += end - start
                first = start // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
                with mmap.mmap(file.fileno(), end - first, access=mmap.ACCESS_READ, offset=first) as data:
                    found += [(first + place, kind) for place, kind in self.find(data)]
            return size, found


def pieces(descriptor):
    """Start and end of what is written in a file, without holes: a test makes a file of a terabyte out of nothing."""
    end, size = 0, os.fstat(descriptor).st_size
    while end < size:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole from here on
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def everything(folder):
    for place, folders, names in os.walk(folder):
        for name in folders + names:
            yield os.path.join(place, name)


def core_pattern():
    with open("/proc/sys/kernel/core_pattern") as file:
        return file.read().strip()


def check_itself():
    """Hides secrets, and makes sure that the search finds them and nothing else."""
    part = lambda: base64.urlsafe_b64encode(secrets.token_bytes(48)).rstrip(b"=")
    token = b"eyJ" + part() + b".eyJ" + part() + b"." + part()
    pair = secrets.token_hex(24).encode()
    search = Search([(len(secret), hashlib.sha256(secret).hexdigest()) for secret in (pair, token.split(b".")[2])])
    hidden = {
        "log": b"GET / Bearer " + token + b"\n",
        "binary": os.urandom(5000) + b"\0" + token + b"\0" + os.urandom(5000),
        "basic": b"x" + base64.b64encode(b"iambearer:" + token),
        "session": b"iam-broker-session." + part(),
        "pair": b"ff" + pair + b"00",
        "signature": b"..." + token.split(b".")[2] + b"...",
    }
    hidden[token.decode()] = b""
    harmless = {"unsigned": token.rpartition(b".")[0], "digest": hashlib.sha256(pair).hexdigest().encode(),
                "empty": b""}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (hidden | harmless).items():
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        if core_pattern().startswith(("|", "/")):
            print(f"leaks: cores go to '{core_pattern()}' on this machine and are not looked at", file=sys.stderr)
        else:
            subprocess.run(["sh", "-c", "ulimit -c unlimited; kill -SEGV $$"], cwd=folder, env={"TOKEN": token.decode()})
            cores = [name for name in os.listdir(folder) if name.startswith("core")]
            hidden[cores[0] if cores else "core"] = None
        found = {os.path.basename(path) for path in everything(folder) if search.look_into(path)[1]}
    if found != set(hidden):
        # The secrets are this function's own, and open nothing.
        print(f"leaks: the search is broken: it finds {sorted(found)} and was to find {sorted(hidden)}", file=sys.stderr)
        sys.exit(2)


def issued(folder):
    notes = [f"{folder}/{name}" for name in os.listdir(folder) if name.startswith("issued-")]
    lines = [line.split() for path in notes for line in open(path)]
    if not lines:
        print("leaks: no simulator noted what it gave out; were files kept?", file=sys.stderr)
        sys.exit(2)
    return [(int(length), digest) for length, digest in lines]


def main():
    folder, others = sys.argv[1], sys.argv[2:]
    check_itself()
    given_out = issued(folder)
    search = Search(given_out)
    count, total, leaks, allowed = 0, 0, [], collections.Counter()
    for path in [*everything(folder), *others]:
        size, found = search.look_into(path)
        count, total = count + 1, total + size
        if total > LARGEST:
            print(f"leaks: the tests left more than {LARGEST} bytes; what is so large?", file=sys.stderr)
            sys.exit(2)
        if found and ALLOWED_ENDS.search(path):
            allowed[os.path.basename(path)] += 1
        else:
            # A name that is a secret is not printed either.
            shown = f"{folder}/…" if list(search.find(os.fsencode(path))) else path
            for kind in sorted({kind for _, kind in found}):
                places = [place for place, found_kind in found if found_kind == kind]
                leaks.append(f"{shown}: {kind}, {len(places)} times, first at byte {min(places)}")
    print(f"leaks: looked through {count} files and folders, {total} bytes, for {len(given_out)} secrets that were given out and all "
          f"that looks like one; in {sum(allowed.values())} files it is meant to be")
    for leak in leaks:
        print(f"leaks: {leak}", file=sys.stderr)
    sys.exit(1 if leaks else 0)


main()
