"""Fetches and unpacks the C++ libraries that are published as Python wheels. Standard library only.

    python3 wheels.py --into FOLDER --downloads FOLDER PART...        (parts: torch, cuda, openblas)

What pip would do, with two differences. A download that breaks off goes on where it stopped: pip (26.3 too)
starts a 531 MB file anew, and even `pip install --dry-run --report` fetches it whole. And only the files a
C++ program needs are unpacked. So the index page is read here, by the rules of the simple repository API,
with the index, certificate, proxy and other settings that `pip config` reports; curl does the transfers.
Every file must have the sha256 written in requirements.txt, and the index must name the same one.

Exit status 3 with one sentence where something is missing; never a traceback.
"""

import argparse
import ast
import fnmatch
import hashlib
import html.parser
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

REQUIREMENTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "requirements.txt")
# What is unpacked of each wheel, by part; the wheels' folder layout stays, as the libraries find each other by it.
FILES = {
    "torch": {
        "torch": ["torch/include/*", "torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "torch/lib/libgomp.so.1",
                  "torch-*.dist-info/licenses/*"],
        "nvidia-cuda-cupti": ["nvidia/cu13/lib/libcupti.so.13"],
        "nvidia-cuda-runtime": ["nvidia/cu13/lib/libcudart.so.13"],
    },
    "cuda": {
        "torch": ["torch/lib/libtorch_cuda*.so", "torch/lib/libc10_cuda.so", "torch/lib/libcaffe2_nvrtc.so",
                  "torch/lib/libtorch_nvshmem.so"],
        "*": ["nvidia/*/lib/*.so*"],
    },
    "openblas": {"*": ["scipy_openblas32/lib/libscipy_openblas.so", "*.dist-info/licenses/*"]},
}
LABEL = {"torch": "libtorch", "cuda": "CUDA", "openblas": "OpenBLAS"}
ATTEMPTS = {"page": 4, "file": 6}
AGAIN = "run this again when that is mended"


class Failure(Exception):
    """One sentence for the user."""


def say(text):
    print("setup: " + text, file=sys.stderr, flush=True)


def megabytes(size):
    return "%.0f MB" % (size / 1e6) if size >= 1e7 else "%.1f MB" % (size / 1e6)


# --- what to fetch -----------------------------------------------------------------------------------------

def read_pins():
    """{part: {name: (version, sha256)}} in the file's order."""
    pins, part = {}, None
    with open(REQUIREMENTS, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("# part: "):
                part = line.split()[2]
            elif "==" in line and not line.startswith("#"):
                name, version, sha = re.match(r"([\w.-]+)==(\S+) --hash=sha256:([0-9a-f]{64})\s*$", line).groups()
                pins.setdefault(part, {})[name] = (version, sha)
    return pins


def plan(parts, into):
    """[(label, name, version, sha256, patterns, marks)] of what is not unpacked yet."""
    pins, todo = read_pins(), {}
    for part in parts:
        wanted = dict(pins[part])
        if part == "cuda":
            wanted = {"torch": pins["torch"]["torch"], **wanted}
        for name, (version, sha) in wanted.items():
            patterns = FILES[part].get(name) or FILES[part]["*"]
            mark = os.path.join(into, ".done-%s-%s" % (part, name))
            stamp = " ".join([sha] + patterns)
            if read(mark) == stamp:
                continue
            entry = todo.setdefault(name, (LABEL[part], name, version, sha, [], {}))
            entry[4].extend(patterns)
            entry[5][mark] = stamp
    return list(todo.values())


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


# --- where from: pip's settings ----------------------------------------------------------------------------

class Settings:
    def __init__(self):
        values = {}
        for line in pip("config", "list").splitlines():
            match = re.match(r"(global|install|:env:)\.([\w-]+)=(.*)$", line)
            if match:
                try:
                    values[match[1], match[2]] = str(ast.literal_eval(match[3]))
                except (ValueError, SyntaxError):
                    pass

        def get(key, default=""):
            for source in (":env:", "install", "global"):
                if (source, key) in values:
                    return values[source, key]
            return default

        self.cert = get("cert") or os.environ.get("REQUESTS_CA_BUNDLE", "")
        self.client_cert = get("client-cert")
        self.proxy = get("proxy")
        self.trusted = get("trusted-host").split()
        self.find_links = get("find-links").split()
        self.indexes = []
        if get("no-index").lower() not in ("1", "true", "yes", "on"):
            self.indexes = [get("index-url") or default_index()] + get("extra-index-url").split()
        # pip sends an index's user and password to the files on the same host too
        self.users = {}
        for url in self.indexes + self.find_links:
            user, at, host = urllib.parse.urlsplit(url).netloc.rpartition("@")
            if at:
                self.users[host] = user


def pip(*arguments):
    environment = dict(os.environ, COLUMNS="1000", PIP_DISABLE_PIP_VERSION_CHECK="1", LC_ALL="C.UTF-8")
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Failure("`python3 -m pip %s` does not work (%s): mend pip or its settings." % (" ".join(arguments), last))
    return done.stdout


def default_index():
    """The index pip takes when none is set; only pip's help names it."""
    match = re.search(r"--index-url <url>.*?\(default\s+(\S+?)\)", pip("download", "--help"), re.S)
    if not match:
        raise Failure("pip names no package index: set one with `python3 -m pip config set global.index-url URL`.")
    return match[1]


# --- transfers: curl ---------------------------------------------------------------------------------------

def curl_command(settings, url, output, *options):
    """(arguments, text for curl's standard input): the address may hold a password, so it is no argument."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if "@" not in parts.netloc and host in settings.users:
        url = urllib.parse.urlunsplit(parts._replace(netloc=settings.users[host] + "@" + host))
    command = ["curl", "-fsSL", "--netrc-optional", "--connect-timeout", "30", "--speed-limit", "1000", "--speed-time",
               "60", "-o", output, "-w", "%{http_code} %{url_effective}", *options, "-K", "-"]
    if settings.cert:
        command[1:1] = ["--capath" if os.path.isdir(settings.cert) else "--cacert", settings.cert]
    if settings.client_cert:
        command[1:1] = ["--cert", settings.client_cert]
    if host in settings.trusted or parts.hostname in settings.trusted:
        command[1:1] = ["--insecure"]  # as pip does; the pinned sha256 still decides
    text = 'url = "%s"\n' % url.replace("\\", "\\\\").replace('"', '\\"')
    if settings.proxy:
        text += 'proxy = "%s"\n' % settings.proxy
    return command, text


def explain(code, status, message):
    """(sentence, whether to try again)"""
    message = re.sub(r"//[^/@\s]*@", "//", re.sub(r"^curl: (\(\d+\) )?", "", message.strip().splitlines()[-1])) if message.strip() else ""
    if code == 22 and status not in ("000", ""):
        again = status.startswith("5") or status in ("408", "429")
        return "the package index answered %s" % status, again
    if code in (58, 60, 77):
        return "the package index's certificate could not be checked (pip is told which one to trust by " \
               "`python3 -m pip config set global.cert FILE`)", False
    if code in (23, 27):
        return "the file could not be written (%s)" % message, False
    return "the package index cannot be reached (%s)" % (message or "curl ended with status %d" % code), True


def fetch_page(settings, url):
    """(text, address after redirects), or None where the index does not know the package."""
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        for attempt in range(ATTEMPTS["page"]):
            accept = "Accept: application/vnd.pypi.simple.v1+json, text/html;q=0.5"
            command, text = curl_command(settings, url, path, "--compressed", "-H", accept)
            done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            status, _, effective = done.stdout.partition(" ")
            if done.returncode == 0:
                return read(path), effective
            if status == "404":
                return None
            sentence, again = explain(done.returncode, status, done.stderr)
            if not again or attempt == ATTEMPTS["page"] - 1:
                raise Failure("%s: %s." % (sentence, AGAIN))
            say(sentence + "; trying again")
            time.sleep(min(2 ** attempt, 15))
    finally:
        os.unlink(path)


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.urls = []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.urls += [value for key, value in attributes if key == "href" and value]


def page_files(text, base):
    """[(file name, address, sha256 or "", size or 0)] of an index page, JSON or HTML."""
    if text.lstrip().startswith("{"):
        return [(file["filename"], urllib.parse.urljoin(base, file["url"]), file.get("hashes", {}).get("sha256", ""),
                 file.get("size") or 0) for file in json.loads(text)["files"]]
    parser, found = Links(), []
    parser.feed(text)
    for url in parser.urls:
        url, _, fragment = urllib.parse.urljoin(base, url).partition("#")
        name = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])
        sha = re.search(r"sha256=([0-9a-f]{64})", fragment)
        found.append((name, url, sha[1] if sha else "", 0))
    return found


def is_ours(file, name, version):
    """Whether a file name is the wheel of this version for x86-64 Linux. Of torch any Python's would do: one is pinned."""
    parts = file[:-4].split("-") if file.endswith(".whl") else []
    return (len(parts) == 5 and re.sub(r"[-_.]+", "-", parts[0]).lower() == name and parts[1].split("+")[0] == version
            and (parts[2], parts[3]) in (("cp311", "cp311"), ("py3", "none")) and "manylinux" in parts[4]
            and parts[4].endswith("x86_64"))


def locate(settings, name, version, sha):
    """(file name, address or local path, size or 0)"""
    pages = [url.rstrip("/") + "/" + name + "/" for url in settings.indexes]
    for place in settings.find_links:
        if "://" in place and not place.startswith("file://"):
            pages.append(place)
            continue
        folder = urllib.parse.unquote(place[7:] if place.startswith("file://") else os.path.expanduser(place))
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if is_ours(file, name, version) and sha256(os.path.join(folder, file)) == sha:
                return file, os.path.join(folder, file), 0
    other = False
    for page in pages:
        answer = fetch_page(settings, page)
        for file, url, named, size in page_files(*answer) if answer else []:
            if is_ours(file, name, version):
                if named in ("", sha):
                    return file, url, size
                other = True
    if other:
        raise Failure("the package index names another sha256 for %s %s than scripts/requirements.txt does: "
                      "nothing was fetched; do not trust that index." % (name, version))
    raise Failure("the package index has no %s %s for x86-64 Linux: set one that mirrors it whole "
                  "(`python3 -m pip config set global.index-url URL`)." % (name, version))


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def size_of(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def download(settings, label, name, version, sha, folder):
    """The path of the checked wheel."""
    for kept in sorted(os.listdir(folder)):
        if is_ours(kept, name, version) and sha256(os.path.join(folder, kept)) == sha:
            return os.path.join(folder, kept)
    file, url, size = locate(settings, name, version, sha)
    if "://" not in url:
        return url
    path = os.path.join(folder, file)
    part = path + ".part"
    began = size_of(part)
    shown = megabytes(size) if size else name
    if not (began and began == size):
        say("%s: %s %s (%s)" % (label, "going on with" if began else "downloading", shown if size else "the file",
                                "%s %s%s" % (name, version, ", %s are here" % megabytes(began) if began else "")))
    for attempt in range(ATTEMPTS["file"]):
        if not (size and size_of(part) == size):
            code, status, message = transfer(settings, url, part, label, shown, size)
            if code in (33, 36) or status == "416":  # no ranges there, or the part is longer than the file
                if sha256(part) != sha:
                    os.unlink(part)
                    continue
            elif code:
                sentence, again = explain(code, status, message)
                if not again or attempt == ATTEMPTS["file"] - 1:
                    raise Failure("%s while fetching %s: %s, it goes on where it stopped." % (sentence, name, AGAIN))
                say("%s: %s; trying again" % (label, sentence))
                time.sleep(min(2 ** attempt, 15))
                continue
        if sha256(part) == sha:
            os.replace(part, path)
            return path
        os.unlink(part)  # its bytes are wrong: from the start, once more
        say("%s: %s has another sha256 than scripts/requirements.txt says; fetching it anew" % (label, file))
    raise Failure("%s does not have the sha256 that scripts/requirements.txt says: do not trust that index." % file)


def transfer(settings, url, part, label, shown, size):
    """Runs curl to go on with `part`; (exit status, HTTP status, error text)."""
    command, text = curl_command(settings, url, part, "-C", "-")
    pause = 1.0 if sys.stderr.isatty() else 5.0
    # It inherits setup's lock, so that should all but curl be killed, the next set-up waits for it.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               close_fds=False)
    parent = os.getppid()
    try:
        while True:
            try:
                out, error = process.communicate(text, timeout=pause)
                break
            except subprocess.TimeoutExpired:
                if os.getppid() != parent:
                    raise KeyboardInterrupt from None  # setup was killed
                text = None
                here = size_of(part)
                say("%s: downloading %s ... %s" % (label, shown, "%.0f %%" % (100 * here / size) if size else megabytes(here)))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return process.returncode, out.partition(" ")[0], error


# --- unpacking ---------------------------------------------------------------------------------------------

def unpack(wheel, patterns, into):
    """Writes the matching files; each appears under its name only when it is whole. The number of bytes."""
    total = 0
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir() or ".." in member.filename or not any(fnmatch.fnmatchcase(member.filename, p) for p in patterns):
                continue
            path = os.path.join(into, member.filename)
            total += member.file_size
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path + ".part", "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            os.replace(path + ".part", path)
    if not total:
        raise Failure("%s holds none of the files that are needed of it." % os.path.basename(wheel))
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", required=True)
    parser.add_argument("--downloads", required=True)
    parser.add_argument("parts", nargs="+", choices=list(FILES))
    options = parser.parse_args()
    todo = plan(options.parts, options.into)
    if not todo:
        return
    os.makedirs(options.into, exist_ok=True)
    os.makedirs(options.downloads, exist_ok=True)
    settings = Settings()
    for label, name, version, sha, patterns, marks in todo:
        wheel = download(settings, label, name, version, sha, options.downloads)
        say("%s: unpacking %s %s" % (label, name, version))
        unpack(wheel, patterns, options.into)
        for mark, stamp in marks.items():
            with open(mark, "w", encoding="utf-8") as file:
                file.write(stamp)
        if os.path.dirname(wheel) == options.downloads:
            os.unlink(wheel)  # what is needed of it is unpacked


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except Failure as failure:
        say(str(failure))
        sys.exit(3)
    except KeyboardInterrupt:
        say("interrupted; run this again, it goes on where it stopped.")
        sys.exit(130)
    except OSError as error:
        say("%s: %s." % (error.filename or "a file", error.strerror or error))
        sys.exit(3)
    except zipfile.BadZipFile as error:
        say("a wheel cannot be unpacked (%s): run this again." % error)
        sys.exit(3)
