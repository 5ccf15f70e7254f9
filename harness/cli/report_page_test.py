"""report.html of a real run in a real browser: nothing is broken, every part can be reached by mouse and by keyboard, and all of it can be read without JavaScript. The screenshots are kept."""
import os
import pathlib
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from temp_project import HEALTHY, OPTIONS, TempProject, main, node, processes_about  # noqa: E402
from webdriver import Browser, missing  # noqa: E402

DESKTOP, PHONE = (1280, 900), (400, 860)
SECTIONS = ["failures", "matrix", "timeline", "cases", "environments", "details"]
HOSTILE = "<img src=x onerror=alert(1)></script>\u2028{{7*7}}"
FIXED = "status is 200, wanted 418"


def write_project(project):
    """A run that passes, one that fails, one that skips, one without a verdict, one blocked."""
    gateway = node(name="gateway", depends_on={"auth": "ready"})
    gateway["run"]["command"] = ["python3", "-m", "http.server", "${port.http}", "--bind", "127.0.0.1"]
    auth = node(*HEALTHY, name="auth", depends_on={"store": "ready", "cache": "ready"})
    store, cache = node("slow_start", "--after", "40", name="store"), node(*HEALTHY, name="cache")
    for each, services in ((auth, ["auth", "accounts"]), (store, ["orders"]), (cache, ["sessions"])):
        each["services"] = services
    project.preset("shop", store, cache, auth, gateway,
                   axes={"store": {"memory": {"environment": {"STORE": "memory"}},
                                   "redis": {"environment": {"STORE": "redis"}}}})
    project.preset("broken", node("crash_at_start", "--code", "3"))
    project.suite("pages", "shop", "broken", tests=[
        {"GET /": 200}, {"name": "the kettle is a teapot", "GET /teapot": 404},
        {"name": "coffee is refused", "GET /": 418},
        {"name": HOSTILE, "GET /": 418}, {"name": "sugar", "GET /": 200, "skip": "the shop has none"}])
    project.suite("probes", "shop", tests=[{"name": f"probe {i}", "GET /": 200} for i in range(40)],
                  matrix={"axes": {"store": ["memory", "redis"]}})
    project.script("crash", "shop", "kill -SEGV $$")
    project.suite("later", "shop", tests=[{"name": "not yet", "GET /": 200, "skip": "written next week"}])


# The texts whose contrast with what is behind them is below WCAG's 4.5 to 1 (3 to 1 when large).
LOW_CONTRAST = """
const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
const pen = canvas.getContext('2d', {willReadFrequently: true});
const over = (colours) => {
  pen.clearRect(0, 0, 1, 1);
  for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
  return [...pen.getImageData(0, 0, 1, 1).data];
};
const luminance = (colour) => {
  const [r, g, b] = colour.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.off, .skip, dialog')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
  const inside = e.closest('svg');
  const behind = [];
  for (let at = e; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
  if (inside) behind.push(getComputedStyle(inside.querySelector('rect') ?? inside).fill);
  const style = getComputedStyle(e);
  const [a, b] = [over(behind), over([...behind, inside ? style.fill : style.color])].map(luminance);
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const large = parseFloat(style.fontSize) >= 24;
  return ratio < (large ? 3 : 4.5) ? `${ratio.toFixed(2)} ${e.tagName}.${e.className} ${e.textContent.slice(0, 30)}` : '';
}).filter(Boolean);
"""


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.project = TempProject(OPTIONS)
        cls.addClassCleanup(cls.project.remove)
        write_project(cls.project)
        cls.ended = cls.project.ctestbed("run", "--out", cls.project.path / "out")
        cls.page = cls.project.path / "out" / "report.html"
        cls.shots = pathlib.Path(OPTIONS.executable).parents[1] / "report-page"
        print(f"screenshots: {cls.shots}", flush=True)

    def browse(self, size=DESKTOP, **options):
        browser = Browser(*size, **options)
        self.addCleanup(browser.close)
        browser.open(self.page)
        return browser

    def expect_quiet(self, browser):
        """No complaint in the console, no request but for the page itself."""
        self.assertEqual(browser.log("browser"), [])
        asked = [url for url in browser.requests() if not url.startswith(("chrome:", "data:"))]
        self.assertLessEqual(set(asked), {self.page.as_uri()})

    def focused(self, browser):
        return browser.run("const e = document.activeElement; return e.closest('details, tr')?.innerText ?? e.id")

    def is_visible(self, browser, selector):
        return browser.run("const r = document.querySelector(arguments[0])?.getBoundingClientRect();"
                           "return !!r && r.height > 0 && r.bottom > 0 && r.top < innerHeight", selector)

    def test_first_look(self):
        self.assertEqual(self.ended.code, 3, self.ended)
        browser = self.browse()
        for name, size, dark in (("desktop-light", DESKTOP, False), ("desktop-dark", DESKTOP, True),
                                 ("phone-light", PHONE, False), ("phone-dark", PHONE, True)):
            browser.look(*size, dark)
            browser.open(self.page)
            heading, cause, width, colour = browser.run(
                "return [document.querySelector('h1').innerText, document.querySelector('.cause').innerText,"
                " document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]")
            self.assertEqual(heading, "Environment failed")
            self.assertIn("deploy broken: node 'main' exited with code 3", cause)
            self.assertEqual(width, size[0], "the page must not scroll sideways")
            self.assertEqual(sum(map(int, colour[4:-1].split(","))) < 300, dark, colour)
            for section in SECTIONS:
                self.assertTrue(browser.run("return document.getElementById(arguments[0]).innerText.trim()",
                                            section), section)
            self.assertFalse(browser.run("return document.querySelector('img, [onerror]') !== null"))
            browser.screenshot(self.shots / f"{name}.png")
            browser.screenshot(self.shots / f"{name}-top.png", whole=False)
        browser.look(320, 640)
        browser.run("const tick = document.querySelector('.axis span:last-child');"
                    "tick.style.left = '100%'; tick.innerText = '12.5 s'")
        self.assertEqual(browser.run("return document.documentElement.scrollWidth"), 320)
        self.expect_quiet(browser)

    def test_contrast(self):
        browser = self.browse()
        for dark in (False, True):
            browser.look(*DESKTOP, dark)
            self.assertEqual(browser.run(LOW_CONTRAST), [], dark)

    def test_every_part_by_mouse(self):
        browser = self.browse()
        for section in SECTIONS:
            browser.click(f"nav a[href='#{section}']")
            self.assertTrue(self.is_visible(browser, f"#{section} h2"), section)
        # Everything that folds, unfolds.
        for i in range(browser.run("return document.querySelectorAll('details').length")):
            was = browser.run("const d = document.querySelectorAll('details')[arguments[0]];"
                              "d.scrollIntoView({block: 'center', behavior: 'instant'});"
                              "d.firstElementChild.id = 'to-click'; return d.open", i)
            browser.click("#to-click")
            self.assertEqual(browser.run("const s = document.getElementById('to-click'); s.id = '';"
                                         "return s.parentElement.open"), not was)
        # A square leads to the cases of its run, a failed case to its failure.
        browser.open(self.page)
        browser.click(".square.failed")
        self.assertEqual(browser.run("return document.getElementById('shown').innerText"), "5 of 95 cases")
        browser.click("#body tr[data-at] .failed")
        self.assertIn("coffee is refused", self.focused(browser))
        browser.click("#run-filter")
        browser.click("#chips .passed")
        browser.click("[data-sort='time']")
        self.assertEqual(browser.run("return document.querySelector('#shown').innerText"), "11 of 95 cases")
        browser.click("#chips .passed")
        # A case that passed tells of itself.
        browser.run("document.getElementById('search').value = 'probe 39 redis';"
                    "document.getElementById('search').dispatchEvent(new Event('input'))")
        browser.click("#body tr[data-at]")
        self.assertIn("ctestbed run --run probes@shop,store=redis",
                      browser.run("return document.getElementById('case').innerText"))
        browser.screenshot(self.shots / "case.png", whole=False)
        browser.click("#case button")
        browser.click("#theme")
        self.assertEqual(browser.run("return document.documentElement.dataset.theme"), "dark")
        browser.click("#help-open")
        self.assertTrue(browser.run("return document.getElementById('help').open"))
        self.expect_quiet(browser)

    def test_keyboard(self):
        browser = self.browse()
        browser.press("j")
        self.assertIn("deploy broken", self.focused(browser))
        browser.press("Enter")
        self.assertFalse(browser.run("return document.activeElement.parentElement.open"))
        browser.press("Enter", "Escape")
        self.assertFalse(browser.run("return document.activeElement.parentElement.open"))
        self.assertEqual(browser.run("return getComputedStyle(document.activeElement).outlineStyle"), "solid")
        browser.press("j", "j", "ArrowUp")
        self.assertNotIn("deploy broken", self.focused(browser))
        browser.press("k")
        self.assertIn("deploy broken", self.focused(browser))
        browser.press("/")
        self.assertEqual(self.focused(browser), "search")
        browser.press(*"coffee", "Enter")
        self.assertIn("coffee is refused", self.focused(browser))
        browser.screenshot(self.shots / "search.png", whole=False)
        browser.press("Enter")
        self.assertIn(FIXED, browser.run("return document.activeElement.closest('.group').innerText"))
        browser.press("/", "Escape")
        self.assertEqual(browser.run("return document.getElementById('search').value"), "")
        browser.press("/", "ArrowDown", *["j"] * 80, "k")
        self.assertIn("probe", self.focused(browser))
        browser.press("Enter")
        self.assertTrue(browser.run("return document.getElementById('case').open"))
        browser.press("Escape")
        self.assertFalse(browser.run("return document.getElementById('case').open"))
        browser.press("t", "?")
        self.assertTrue(browser.run("return document.getElementById('help').open"))
        browser.press("Escape")
        self.expect_quiet(browser)

    def test_failures_show_the_log_of_each_node(self):
        browser = self.browse()
        text = browser.run("return [...document.querySelectorAll('.group')].find("
                           "e => e.textContent.includes('coffee is refused')).textContent")
        for part in ("gateway stderr meanwhile", '"GET / HTTP/1.1" 200', FIXED):
            self.assertIn(part, text)
        links = browser.run("return [...document.querySelectorAll('figure a, .nodes a')].map(a => a.href)")
        self.assertGreater(len(links), 5)
        for link in links:
            self.assertTrue(pathlib.Path(link.removeprefix("file://")).is_file(), link)

    def test_without_javascript(self):
        browser = self.browse(javascript=False)
        text = browser.cdp("Runtime.evaluate", expression="document.body.textContent")["result"]["value"]
        for part in ("Environment failed", "deploy broken", FIXED, "the kettle is a teapot", "written next week",
                     "crash@shop", "program was killed by SIGSEGV", "127.0.0.1:", "gateway"):
            self.assertIn(part, text)
        shown = browser.cdp("Runtime.evaluate", expression="document.querySelector('#table').checkVisibility()")
        self.assertFalse(shown["result"]["value"])
        browser.screenshot(self.shots / "without-javascript.png")
        browser.click("details.of-run summary")
        browser.click("a.square")
        self.expect_quiet(browser)

    def test_print(self):
        browser = self.browse()
        browser.look(*DESKTOP, dark=True, media="print")
        self.assertEqual(browser.run("return getComputedStyle(document.querySelector('nav')).display"), "none")
        self.assertTrue(browser.cdp("Page.printToPDF")["data"].startswith("JVBERi"), "a PDF in base64")

    def test_leaves_nothing(self):
        with Browser() as browser:
            browser.open(self.page)
            self.assertTrue(processes_about(browser.directory))
        self.assertEqual(processes_about(browser.directory), {})
        self.assertFalse(os.path.exists(browser.directory))


if __name__ == "__main__":
    reason = missing()
    if reason and "chromium" not in os.environ.get("CTESTBED_REQUIRE", "").split(","):
        print(f"skipped: {reason}")
        sys.exit(77)
    main()
