"""A headless Chromium, driven by chromedriver over HTTP (W3C WebDriver, https://www.w3.org/TR/webdriver2/)."""
import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # section 11, "web element identifier"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowUp": "\ue013", "ArrowDown": "\ue015", "Tab": "\ue004"}


def missing():
    """What this machine lacks, or nothing."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"no program '{program}'"
    return ""


class Browser:
    """Ends, with all its processes, when its context does."""

    def __init__(self, width=1280, height=900, javascript=True, dark=False):
        self.directory = tempfile.mkdtemp(prefix="ctb-chromium-", dir="/tmp")
        environment = {"PATH": os.environ["PATH"], "HOME": self.directory, "TMPDIR": self.directory,
                       "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": self.directory}
        # In a process group of its own, so that the end of it is the end of the browser.
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", "--log-level=SEVERE"], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True)
        self.port = self.session = None
        try:
            self._begin(width, height, javascript, dark)
        except BaseException:
            self.close()
            raise

    def _started_on(self):
        """The port that the driver took and now listens on."""
        for line in self.driver.stdout:
            if started := re.search(r"started successfully on port (\d+)", line):
                return int(started.group(1))
        raise RuntimeError(f"chromedriver ended with {self.driver.wait()}")

    def _begin(self, width, height, javascript, dark):
        self.port = self._started_on()
        arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                     f"--user-data-dir={self.directory}/profile", f"--window-size={width},{height}",
                     "--force-device-scale-factor=1", "--disable-background-networking",
                     "--disable-component-update", "--no-first-run", "--disable-sync"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        preferences = {} if javascript else {"profile.managed_default_content_settings.javascript": 2}
        options = {"args": arguments, "binary": shutil.which("chromium"), "prefs": preferences}
        capabilities = {"goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = answer["sessionId"]
        self.look(width, height, dark)

    def look(self, width, height, dark=False, media=""):
        """The page's size, and what it is told of its reader."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)
        self.cdp("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        try:
            if self.session:
                self._call("DELETE", f"/session/{self.session}")
        except (OSError, RuntimeError, http.client.HTTPException):
            pass  # killed below
        try:
            os.killpg(self.driver.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.driver.wait()
        self.driver.stdout.close()
        self._kill_rest()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _kill_rest(self):
        """What left the group still names our profile."""
        mark = f"--user-data-dir={self.directory}/".encode()
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "cmdline").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
            except (OSError, ValueError):
                continue

    def _call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def do(self, what, **body):
        return self._call("POST", f"/session/{self.session}/{what}", body)

    def cdp(self, command, **parameters):
        return self.do("goog/cdp/execute", cmd=command, params=parameters)

    def open(self, path, fragment=""):
        self.do("url", url=pathlib.Path(path).resolve().as_uri() + fragment)

    def run(self, script, *arguments):
        """The value that the body of a function returns."""
        return self.do("execute/sync", script=script, args=list(arguments))

    def find(self, selector):
        return self.do("element", using="css selector", value=selector)[ELEMENT]

    def click(self, selector):
        self.do(f"element/{self.find(selector)}/click")

    def press(self, *keys):
        """Key by key, on whatever has the focus."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def log(self, kind):
        return self.do("se/log", type=kind)

    def requests(self):
        """The addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path, whole=True):
        clip = {}
        if whole:
            size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"captureBeyondViewport": True,
                    "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        image = self.cdp("Page.captureScreenshot", format="png", **clip)["data"]
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_bytes(base64.b64decode(image))
