"""A proxy on loopback that spoils what comes through: faulty_proxy.py UPSTREAM_PORT PORT_FILE LOG SEED RATE KIND[,KIND...]

Of the requests, counted from 0, about RATE (0 to 1) meet a fault, which by SEED and number are always the same. Kinds:
  refuse    503 with Retry-After: 0, not forwarded         drop      forwarded, the connection ends without an answer
  truncate  half of the body, then the end                 corrupt   some bytes of a body are others
  delay     50 ms late                                     corrupt-part  the same where a part of an object was asked for
LOG gets a line for each: fault, method, status, path and headers of the request. PORT_FILE appears when the proxy listens.
"""
import http.client
import os
import random
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

upstream, port_file, log_file, seed, rate, kinds = sys.argv[1:7]
guard = threading.Lock()
log = open(log_file, 'a', buffering=1)
count = 0


def choose():
    global count
    with guard:
        number = count
        count += 1
    chance = random.Random(f'{seed}:{number}')
    return chance.choice(kinds.split(',')) if chance.random() < float(rate) else 'none'


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def forward(self, body):
        connection = http.client.HTTPConnection('127.0.0.1', int(upstream))
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer, answer.read()

    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        fault = choose()
        if fault == 'delay':
            time.sleep(0.05)
        if fault == 'refuse':
            status, headers, data = 503, [('Retry-After', '0')], b'busy'
        else:
            answer, data = self.forward(body)
            status, headers = answer.status, answer.getheaders()
        known = '; '.join(f'{name}: {value}' for name, value in self.headers.items())
        log.write(f'{fault} {self.command} {status} {self.path} [{known}]\n')
        if fault == 'drop':
            self.close_connection = True
            return
        length = len(data)
        if self.command == 'HEAD':
            length = next((value for name, value in headers if name.lower() == 'content-length'), 0)
        if data and (fault == 'corrupt' or (fault == 'corrupt-part' and status == 206)):
            data = bytearray(data)
            for at in range(len(data) // 2, len(data), 1000):
                data[at] ^= 0x55
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ('content-length', 'transfer-encoding', 'connection', 'date', 'server'):
                self.send_header(name, value)
        if status != 204:
            self.send_header('Content-Length', str(length))
        self.end_headers()
        if self.command == 'HEAD':
            return
        if fault == 'truncate':
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    request_queue_size = 64


server = Server(('127.0.0.1', 0), Handler)
with open(port_file + '.partial', 'w') as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + '.partial', port_file)
server.serve_forever()
