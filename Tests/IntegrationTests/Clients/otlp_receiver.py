"""Takes OTLP over HTTP in JSON, as strictly as the format is defined, and prints the spans.

usage: otlp_receiver.py [FAILURES]

Prints `listening on PORT`, and then one line of JSON for each span. The first FAILURES requests are answered with 503. What is no
`ExportTraceServiceRequest` is answered with 400 and printed as `{"refused": REASON}`.

JSON of OTLP has IDs in hexadecimal where protobuf's own JSON has base64, and numbers for enumerations; everything else is read by
protobuf's own parser, which refuses fields that it does not know.
"""

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

failures = int(sys.argv[1]) if len(sys.argv) > 1 else 0


def parse(body):
    document = json.loads(body)
    for group in document["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                for name, size in (("traceId", 16), ("spanId", 8), ("parentSpanId", 8)):
                    if name in span:
                        identity = bytes.fromhex(span[name])
                        if len(identity) != size or span[name] != span[name].lower() or not any(identity):
                            raise ValueError(f"{name} is not {size} bytes in hexadecimal")
                        span[name] = base64.b64encode(identity).decode()
                if not isinstance(span["kind"], int) or not isinstance(span["startTimeUnixNano"], str):
                    raise ValueError("enumerations are numbers, and 64-bit numbers are text")
    return json_format.ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=False)


def plain(attributes):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        global failures
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if failures > 0:
            failures -= 1
            self.answer(503)
            return
        try:
            if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/json":
                raise ValueError(f"{self.path} {self.headers['Content-Type']}")
            request = parse(body)
        except Exception as error:
            print(json.dumps({"refused": repr(error)}), flush=True)
            self.answer(400)
            return
        for group in request.resource_spans:
            for scope in group.scope_spans:
                for span in scope.spans:
                    print(json.dumps({
                        "service": plain(group.resource.attributes).get("service.name"),
                        "trace": span.trace_id.hex(), "span": span.span_id.hex(), "parent": span.parent_span_id.hex(),
                        "state": span.trace_state, "name": span.name, "kind": span.kind, "status": span.status.code,
                        "duration": span.end_time_unix_nano - span.start_time_unix_nano,
                        "attributes": plain(span.attributes),
                    }), flush=True)
        self.answer(200)


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
