#!/usr/bin/env python3
"""The http tester against a real shop, plain and behind nginx with TLS 1.3 and HTTP/2.

Called as temp_project.py says; the shop and its suites are in fixtures/shop.
"""
import pathlib
import re
import shutil

from certificates import make_certificates
from temp_project import ProgramTest, main

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOP = ROOT / "fixtures" / "shop"
ERRORS = ROOT / "suites" / "errors"
LOGO = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256))


class ShopTest(ProgramTest):
    def setUp(self):
        super().setUp()
        path = self.project.path
        make_certificates(path / "certs")
        self.project.preset(
            "shop",
            {"name": "api", "services": ["api"], "ports": {"http": 8080},
             "run": {"command": [str(SHOP / "shop.py"), "--http", "${port.http}"]},
             "ready": {"http": "/health", "within": "30s"}},
            {"name": "cdn", "services": ["cdn"], "ports": {"https": 8443}, "depends_on": {"api": "ready"},
             "run": {"command": [str(SHOP / "shop.py"), "--https", "${port.https}", "--upstream",
                                 "${api.address}", "--certs", str(path / "certs"),
                                 "--work", str(path / "nginx")]},
             "ready": {"tcp": True, "port": "https", "within": "30s"}})
        shutil.copytree(SHOP / "suites" / "schemas", path / "suites" / "schemas")
        (path / "suites" / "data").mkdir()
        (path / "suites" / "data" / "logo.png").write_bytes(LOGO)

    def add(self, *suites):
        for name in suites:
            shutil.copy(SHOP / "suites" / f"{name}.yaml", self.project.path / "suites")

    def failures(self):
        """What the failed cases said, without times and ports."""
        text = ""
        for event in self.project.report().of("case-finished"):
            if event["verdict"] == "failed":
                text += f"{event['name']}\n{event['message']}\n{event['detail']}"
        text = re.sub(r"\d+(\.\d+)? m?s\b", "N ms", text)
        text = re.sub(r"(dns|connect|tls|first byte|body) \d+", r"\1 N", text)
        return re.sub(r"127\.0\.0\.1:\d+", "HOST", text)


class Examples(ShopTest):
    def test_all_pass(self):
        self.add("health", "orders", "files")
        snapshot = self.project.path / "suites" / "golden" / "logo.headers"
        self.expect(1, "run", "--suite", "files")
        self.assertIn("CTESTBED_UPDATE_SNAPSHOTS=1 writes it", self.failures())
        self.project.environment["CTESTBED_UPDATE_SNAPSHOTS"] = "1"
        self.expect(0, "run", "--suite", "files")
        self.assertEqual(snapshot.read_text(encoding="utf-8"),
                         "content-length: 264\ncontent-type: image/png\nserver: nginx\n")
        del self.project.environment["CTESTBED_UPDATE_SNAPSHOTS"]
        ended = self.expect(0, "run")
        self.assertIn("9 of 9 cases passed", ended.stdout)
        self.expect_consistent(ended)
        snapshot.write_text("server: apache\n", encoding="utf-8")
        self.expect(1, "run", "--suite", "files")
        self.assertIn("is 'content-length: 264', was 'server: apache'", self.failures())
        self.expect_clean()

    def test_secrets_are_masked(self):
        self.add("orders")
        path = self.project.path / "suites" / "orders.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("status: 201", "status: 418"), encoding="utf-8")
        self.expect(1, "run")
        self.assertIn("Bearer ***", self.failures())
        for file in self.project.report().path.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(b"s3cret", content, file)
                self.assertNotIn(b"tok-4f1d", content, file)


class Failures(ShopTest):
    def test_text(self):
        self.add("failing")
        self.expect(1, "run")
        self.expect_golden(self.failures(), SHOP / "failing.txt")

    def test_no_certificate(self):
        self.add("files")
        path = self.project.path / "suites" / "files.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("^tls: .*$", "tls: {ca: ../certs/me.pem}", text, flags=re.MULTILINE),
                        encoding="utf-8")
        self.expect(1, "run")
        self.assertIn("GET /old: no TLS connection to HOST: ", self.failures())


class Mistakes(ProgramTest):
    def test_text(self):
        shutil.copy(ERRORS / "presets" / "ok.yaml", self.project.path / "presets")
        for path in sorted((ERRORS / "http").glob("*.yaml")):
            with self.subTest(path.stem):
                suite = self.project.path / "suites" / path.name
                shutil.copy(path, suite)
                self.expect_golden(self.expect(2, "validate").stderr, path.with_suffix(".err"))
                suite.unlink()


if __name__ == "__main__":
    main()
