#!/usr/bin/env python3
"""Lets ctestbed init set up projects of every kind, and runs what it wrote by cmake and ctest."""
import pathlib
import subprocess

from temp_project import OPTIONS, ProgramTest, main

SERVER = """#!/usr/bin/env python3
import http.server, os, sys
port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
COMPOSE = """
services:
  cache:
    image: docker.io/library/redis:7-alpine
    ports: ["6379:6379"]
  web:
    build: ./web
    command: python3 server.py 8080
    ports: ["127.0.0.1:9080:8080"]
    environment:
      - CACHE=redis://cache:6379/0
      - MODE=${MODE:-test}
    depends_on:
      cache: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
  migrate:
    build: ./web
    command: [touch, migrated]
  mail:
    image: example/mail:1
"""


class Init(ProgramTest):
    def setUp(self):
        super().setUp()
        self.path = self.project.path / "My shop"
        self.path.mkdir()

    def write(self, name, text, mode=0o644):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def read(self, name):
        return (self.path / name).read_text(encoding="utf-8")

    def init(self, *arguments, code=0):
        return self.expect(code, "init", "--directory", self.path, *arguments)

    def call(self, *command):
        ended = subprocess.run(list(map(str, command)), env=self.project.environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90,
                               check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        return ended.stdout

    def expect_green(self, cases):
        """What init wrote passes by a plain ctest, and leaves nothing."""
        build = self.path / "build"
        self.call(OPTIONS.cmake, "-S", self.path, "-B", build, "-G", "Ninja",
                  f"-DCMAKE_PREFIX_PATH={OPTIONS.prefix}")
        self.assertIn("My-shop@My-shop", self.call(OPTIONS.ctest, "--test-dir", build))
        summary = build / "ctestbed-report" / "latest" / "summary.md"
        self.assertIn(f"{cases} of {cases} case", summary.read_text(encoding="utf-8"))
        self.expect_clean()

    def test_nothing_there(self):
        ended = self.init()
        self.assertEqual([line for line in ended.stdout.splitlines() if line.startswith("wrote")],
                         [f"wrote {self.path}/{name}" for name in
                          ("presets/My-shop.yaml", "suites/My-shop.yaml", "CMakeLists.txt")])
        self.assertEqual(ended.stderr, "")
        self.expect_green(2)

    def test_program_that_reads_port(self):
        self.write("server", SERVER, 0o755)
        self.init("--", "./server")
        self.expect_green(1)

    def test_program_with_port_among_its_arguments(self):
        self.write("server.py", SERVER)
        self.init("--", "python3", "server.py", "${port.http}")
        self.assertNotIn("PORT", self.read("presets/My-shop.yaml"))
        self.expect_green(1)

    def test_compose_file(self):
        self.write("compose.yaml", COMPOSE)
        self.write("web/server.py", SERVER)
        ended = self.init()
        self.assertIn("service 'mail' is left out", ended.stderr)
        preset = self.read("presets/My-shop.yaml")
        self.assertIn('CACHE: "redis://${cache.host}:${cache.port.main}/0"', preset)
        self.assertIn('MODE: "${env:MODE:-test}"', preset)
        self.assertIn('command: [python3, server.py, "${port.main}"]', preset)
        self.assertIn("depends_on: {cache: ready, migrate: completed}", preset)
        self.expect_green(1)
        self.assertTrue((self.path / "web" / "migrated").exists())

    def test_compose_file_of_images_only(self):
        self.write("compose.yaml", "services: {mail: {image: example/mail:1}}")
        ended = self.init(code=2)
        self.assertIn("no service of the compose file can run as a local process", ended.complaint)
        self.assertIn("ctestbed init -- PROGRAM", ended.stderr)
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["compose.yaml"])

    def test_compose_file_that_is_broken(self):
        self.write("compose.yaml", "services: {a: 1, a: 2}")
        self.assertIn("compose.yaml:1:18", self.init(code=2).stderr)

    def test_existing_cmake_project(self):
        mine = "cmake_minimum_required(VERSION 3.20)\nproject(shop NONE)"
        self.write("CMakeLists.txt", mine)
        self.init()
        text = self.read("CMakeLists.txt")
        self.assertTrue(text.startswith(mine + "\n"), text)
        self.expect_green(2)
        self.init("--force")
        self.assertEqual(self.read("CMakeLists.txt"), text)

    def test_nothing_is_overwritten(self):
        self.write("presets/My-shop.yaml", "name: mine")
        ended = self.init(code=2)
        self.assertIn("presets/My-shop.yaml' exists already", ended.complaint)
        self.assertEqual(self.read("presets/My-shop.yaml"), "name: mine")
        self.assertFalse(pathlib.Path(self.path, "suites").exists())


if __name__ == "__main__":
    main()
