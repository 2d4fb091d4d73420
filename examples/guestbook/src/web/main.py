"""The guestbook's page: counts visits in redis and shows what the pod knows about itself."""

import os
import signal
import socket
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def redis(*words):
    """One command to the store, RESP over a fresh connection; the password goes first."""
    host, port = os.environ["STORE"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=3) as connection:
        stream = connection.makefile("rwb")
        for command in (("AUTH", os.environ["REDIS_PASSWORD"]), words):
            parts = [f"${len(word)}\r\n{word}\r\n" for word in command]
            stream.write(f"*{len(parts)}\r\n{''.join(parts)}".encode())
            stream.flush()
            answer = stream.readline().decode().strip()
            if answer.startswith("-"):
                raise OSError(answer[1:])
    return answer[1:]


def properties(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.strip().split("=", 1) for line in lines if "=" in line)


def page():
    settings = properties("/etc/ui/ui.properties")
    labels = open("/etc/podinfo/labels", encoding="utf-8").read()
    rows = {
        "visits": redis("INCR", "visits") + " (counts start anew with a new redis pod)",
        "pod": os.environ["POD_NAME"],
        "address": os.environ["POD_IP"],
        "labels": labels,
    }
    table = "".join(f"<tr><th>{name}<td><pre>{escape(value)}</pre>" for name, value in rows.items())
    colour = escape(settings.get("colour", "black"))
    return f"<!doctype html><title>guestbook</title><h1 style='color:{colour}'>{escape(settings['greeting'])}</h1><table>{table}</table>\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5  # an idle connection holds its thread no longer

    def do_GET(self):
        try:
            body = "ok\n" if self.path in ("/live", "/ready") else page()
            self.answer(200, body)
        except OSError as error:
            self.answer(503, f"The store does not answer: {error}\n")

    def answer(self, status, body):
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, form, *arguments):
        if self.path not in ("/live", "/ready"):
            print(f"{self.client_address[0]} {form % arguments}", flush=True)


server = ThreadingHTTPServer(("", 8080), Handler)
server.daemon_threads = False  # so that server_close waits for answers on their way
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print("listening on 8080", flush=True)
server.serve_forever()
server.server_close()
