"""Looks at the status page with a real browser, as a person with a screen, and as one with a keyboard.

usage: page_browser.py CHROMIUM SOCKET FOLDER

Browsers know no Unix sockets, so a port of this machine leads to SOCKET. The browser is driven by its own protocol over pipes: the page has
no scripts, and what is evaluated here is not bound by its policy. Screenshots go to FOLDER.

Prints one line of JSON: `views`, what each combination of width and colours came to; `keys`, what the focus was on after each press of
Tab; `roles`, what a screen reader is told at each width.
"""

import base64
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading

CHROMIUM, SOCKET, FOLDER = sys.argv[1:]
# A safeguard, far above what it should take.
signal.alarm(120)

# The least contrast of text with what is behind it, and where that is (WCAG 2.2, relative luminance).
CONTRAST = """
(() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = parse(getComputedStyle(element).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let least = [99, ""];
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 120)];
  }
  return least;
})()
"""
FOCUS = """
(() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const visible = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
  return [element.textContent.trim(), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0, visible];
})()
"""


class Forwarder(socketserver.BaseRequestHandler):
    """One connection, byte by byte, both ways."""

    def handle(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.connect(SOCKET)
            back = threading.Thread(target=self.copy, args=(server, self.request), daemon=True)
            back.start()
            self.copy(self.request, server)
            back.join()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # One of the two has hung up.


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Browser:
    """A browser that is spoken to over two pipes (Chrome DevTools Protocol)."""

    def __init__(self):
        (child_in, self.writer), (self.reader, child_out) = os.pipe(), os.pipe()
        # It expects them as descriptors 3 and 4; what a pipe has now may be one of those.
        reading, writing = os.dup2(child_in, 50), os.dup2(child_out, 51)
        command = 'exec "$0" "$@" 3<&50 4>&51 50<&- 51>&-'
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                 f"--user-data-dir={FOLDER}/profile", "--remote-debugging-pipe", "--disable-background-networking"]
        self.process = subprocess.Popen(["/bin/bash", "-c", command, CHROMIUM, *flags, "about:blank"], pass_fds=(reading, writing),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": FOLDER, "PATH": "/usr/bin:/bin"})
        for descriptor in (child_in, child_out, reading, writing):
            os.close(descriptor)
        self.number, self.session, self.buffer, self.events = 0, None, b"", []

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.reader, 1 << 20)
            assert chunk, "the browser has ended"
            self.buffer += chunk
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, url):
        self.events = []
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")


def complaints(events):
    """What the browser had to say of the page: errors, refusals by its policy, messages of scripts."""
    methods = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Audits.issueAdded", "Page.javascriptDialogOpening")
    return [event for event in events if event.get("method") in methods]


with Server(("127.0.0.1", 0), Forwarder) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    browser = Browser()
    report = {"views": [], "keys": [], "roles": {}}
    try:
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits", "DOM", "Accessibility"):
            browser.call(f"{domain}.enable")
        for width in (375, 1280):
            for scheme in ("light", "dark"):
                browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
                browser.call("Emulation.setEmulatedMedia", features=[
                    {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"},
                ])
                browser.open(url)
                # Everything is looked at, what is folded, too.
                browser.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
                requests = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
                contrast, place = browser.evaluate(CONTRAST)
                picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")["data"]
                with open(f"{FOLDER}/{width}-{scheme}.png", "wb") as file:
                    file.write(base64.b64decode(picture))
                report["views"].append({
                    "width": width, "scheme": scheme, "requests": [request.removeprefix(url) for request in requests],
                    "scrollWidth": browser.evaluate("document.documentElement.scrollWidth"),
                    "background": browser.evaluate("getComputedStyle(document.body).backgroundColor"),
                    "contrast": contrast, "place": place, "complaints": [json.dumps(event) for event in complaints(browser.events)],
                    "scripts": browser.evaluate("document.scripts.length"),
                    "images": browser.evaluate("document.images.length"),
                    "text": browser.evaluate("document.body.innerText"),
                })
            nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
            roles = [node["role"]["value"] for node in nodes if not node.get("ignored")]
            report["roles"][str(width)] = {role: roles.count(role) for role in set(roles)}
        browser.open(url)
        while len(report["keys"]) < 60:
            for kind in ("keyDown", "keyUp"):
                browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            text, outlined, visible = browser.evaluate(FOCUS)
            if report["keys"] and text == report["keys"][0]["text"] or browser.evaluate("document.activeElement === document.body"):
                break
            report["keys"].append({"text": text, "outlined": outlined, "visible": visible})
    finally:
        browser.process.kill()
        browser.process.wait()
    server.shutdown()
print(json.dumps(report))
