"""A copy of the sample project in a directory of its own, configured, and what ctest did in it."""
import collections
import contextlib
import fcntl
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
RESULT = re.compile(r"Test +#\d+: (\S+) [. ]*\**(Passed|Failed|Not Run|Skipped|Timeout|Exception)")


class Ctest:
    """One ctest that has ended: its exit code, its output, the result of each test by name."""

    def __init__(self, code, output):
        self.code, self.output = code, output
        self.results = collections.OrderedDict(RESULT.findall(output))

    @property
    def runs(self):
        """The results of tests that are runs, NAME@PRESET."""
        return {name: result for name, result in self.results.items() if "@" in name}


class Report:
    """The directory of results that `latest` links to."""

    def __init__(self, path):
        self.path = pathlib.Path(os.path.realpath(path))
        lines = (self.path / "events.ndjson").read_text(encoding="utf-8").splitlines()
        self.events = [json.loads(line) for line in lines if line.endswith("}")]

    def of(self, kind):
        return [event for event in self.events if event["kind"] == kind]

    @property
    def deploys(self):
        return [",".join([event["preset"], *map("=".join, event.get("cell", {}).items())])
                for event in self.of("environment-ready")]

    @property
    def most_nodes_alive(self):
        alive = most = 0
        for event in self.events:
            alive += {"node-starting": 1, "node-stopped": -1}.get(event["kind"], 0)
            most = max(most, alive)
        return most

    @property
    def verdicts(self):
        return {event["run"]: event["verdict"] for event in self.of("run-finished")}

    def junit(self):
        return xml.etree.ElementTree.parse(self.path / "junit.xml").getroot()

    def page(self):
        """The results as report.html has them for its script."""
        text = (self.path / "report.html").read_text(encoding="utf-8")
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text).group(1)
        return json.loads(data)

    def counted(self):
        """Runs and cases by verdict, counted from what report.html lists of each."""
        page = self.page()
        runs = collections.Counter(run["verdict"] for run in page["runs"])
        cases = collections.Counter(page["verdicts"][case[2]] for case in page["cases"])
        return {what: {"passed": of["passed"], "failed": of["failed"], "errors": of["error"],
                       "skipped": of["skipped"], "blocked": of["blocked"], "all": of.total()}
                for what, of in (("runs", runs), ("cases", cases))}

    def junit_cases(self, of_environments=False):
        """Counts of <failure>, <error>, <skipped> and passed cases, of runs or of environments."""
        counts = collections.Counter()
        for case in self.junit().iter("testcase"):
            if (case.get("classname") == "environment") == of_environments:
                tags = {child.tag for child in case} & {"failure", "error", "skipped"}
                counts[tags.pop() if tags else "passed"] += 1
        return counts


def moments(longest):
    """Signals and random delays of at most so many seconds; each signal $CTESTBED_KILLS times.

    $CTESTBED_SEED repeats the delays of an earlier test.
    """
    seed = int(os.environ.get("CTESTBED_SEED", time.time_ns() % 1_000_000))
    print("CTESTBED_SEED", seed, flush=True)
    chance = random.Random(seed)
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    for number in signals * int(os.environ.get("CTESTBED_KILLS", 1)):
        yield number, chance.uniform(0.01, longest)


def held(state, pattern):
    """The locks that somebody still holds."""
    names = []
    for path in pathlib.Path(state).glob(pattern):
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                names.append(path.name)
    return names


def held_ports(state):
    """The leases on ports that somebody still holds."""
    return held(state, "ports/*.lock")


def held_sessions(state):
    """The locks of sessions; a process that is killed has no command line before it lets go of its."""
    return held(state, "sessions/*/lock")


def is_anothers(port, path):
    """Whether who listens at `port` is a node of another project, to which the port went."""
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        words = line.split()
        if words[3] != "0A" or int(words[1].rpartition(":")[2], 16) != port:
            continue
        socket_name = f"socket:[{words[9]}]"
        for fd in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
            with contextlib.suppress(OSError):
                if os.readlink(fd) == socket_name:
                    environment = (fd.parents[1] / "environ").read_bytes()
                    return b"CTESTBED_OWNER=" in environment and str(path).encode() not in environment
    return False


def listening(reports, path):
    """The endpoints of nodes in those reports of `path` at which somebody of it still listens."""
    endpoints = {address for report in reports for event in report.of("node-starting")
                 for address in event.get("endpoints", {}).values()}
    found = []
    for address in sorted(endpoints):
        host, _, port = address.rpartition(":")
        with socket.socket() as asking:
            asking.settimeout(1)
            if asking.connect_ex((host, int(port))) == 0 and not is_anothers(int(port), path):
                found.append(address)
    return found


def processes_about(path):
    """Processes that belong to `path`: by their environment, directory or command line."""
    mine, found = str(path).encode(), {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            if not words:
                continue  # already dead
            texts = [words, (entry / "environ").read_bytes(), os.readlink(entry / "cwd").encode()]
        except OSError:
            continue
        if any(mine in text for text in texts) and int(entry.name) != os.getpid():
            found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


class Sample:
    def __init__(self, options):
        self.options = options
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ctb-", dir="/tmp"))
        self.build = self.path / "build"
        self.state = self.path / "state"
        shutil.copytree(HERE / "sample", self.path / "source")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("CTEST_", "CTESTBED_", "GITHUB_"))}
        self.environment["CTESTBED_STATE_DIR"] = str(self.state)
        self.history = self.path / "history.sqlite"
        self.environment["CTESTBED_HISTORY"] = str(self.history)

    def remove(self):
        """Also what a failed test has left running."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, text):
        (self.path / "source" / name).write_text(text, encoding="utf-8")

    def edit(self, name, old, new):
        text = (self.path / "source" / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def delete(self, name):
        (self.path / "source" / name).unlink()

    def configure(self, *arguments, generator="Ninja"):
        command = [self.options.cmake, "-S", self.path / "source", "-B", self.build, "-G", generator,
                   f"-DFIXTURES={self.options.fixtures}",
                   f"-DCMAKE_PREFIX_PATH={self.options.prefix}", *arguments]
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self, *arguments):
        """ctest in a session of its own; what it prints goes to output.txt."""
        with open(self.path / "output.txt", "wb") as output:
            return subprocess.Popen(
                [self.options.ctest, "--test-dir", self.build, "--output-on-failure", *arguments],
                env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True)

    def ctest(self, *arguments):
        process = self.start(*arguments)
        try:
            code = process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Ctest(code, (self.path / "output.txt").read_text(encoding="utf-8", errors="replace"))

    def sessions(self):
        """Directories of sessions, live or dead."""
        return list((self.state / "sessions").glob("*"))

    def report(self):
        return Report(self.build / "ctestbed-report" / "latest")

    def reports(self):
        return sorted((self.build / "ctestbed-report").glob("ctest-*"))

    def processes(self):
        return processes_about(self.path)
