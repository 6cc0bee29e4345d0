"""A web server on loopback with what real ones do: web_server.py FOLDER PORT_FILE LOG [CERTIFICATE_AND_KEY]

/PATH             the file, with ranges and an ETag
/no-ranges/PATH   Range is not understood
/no-length/PATH   no Content-Length; the end of the connection is the end of the file
/changing/PATH    another ETag each time
/moved/PATH       redirected to /PATH
/to-file/         redirected to file:///etc/passwd
/v3/auth/tokens   Keystone: a token of the Swift at $SWIFT_PORT for user u with password p, or application credential a with
                  secret s; the first is one that nobody knows
With a certificate it speaks TLS. LOG gets a line for each request.
"""
import http.client
import json
import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, port_file, log_file = sys.argv[1:4]
log = open(log_file, 'a', buffering=1)
counts = {'tag': 0, 'token': 0}


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def reply(self, status, headers, body=b''):
        log.write(f'{self.command} {status} {self.path} {self.headers.get("Range")}\n')
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == 'Connection' for name, _ in headers):
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def do_GET(self):
        kind, _, rest = self.path[1:].partition('/')
        if kind == 'moved':
            return self.reply(302, [('Location', '/' + rest)])
        if kind == 'to-file':
            return self.reply(302, [('Location', 'file:///etc/passwd')])
        path = os.path.join(folder, rest if kind in ('no-ranges', 'no-length', 'changing') else self.path[1:])
        if not os.path.isfile(path):
            return self.reply(404, [])
        with open(path, 'rb') as file:
            data = file.read()
        counts['tag'] += 1
        tag = f'"{counts["tag"]}"' if kind == 'changing' else f'W/"{len(data)}-{os.stat(path).st_mtime_ns}"'
        headers = [('ETag', tag)]
        if kind == 'no-length':
            self.close_connection = True
            return self.reply(200, headers + [('Connection', 'close')], data)
        span = self.headers.get('Range')
        if not span or kind == 'no-ranges':
            return self.reply(200, headers, data)
        first, last = span[len('bytes='):].split('-')
        first, last = (int(first), int(last or len(data) - 1)) if first else (max(0, len(data) - int(last)), len(data) - 1)
        last = min(last, len(data) - 1)
        if first > last:
            return self.reply(416, headers + [('Content-Range', f'bytes */{len(data)}')])
        return self.reply(206, headers + [('Content-Range', f'bytes {first}-{last}/{len(data)}')], data[first:last + 1])

    do_HEAD = do_GET

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers['Content-Length'])))['auth']
        identity = request['identity']
        if self.path != '/v3/auth/tokens' or len(identity['methods']) != 1:
            return self.reply(404, [])
        if identity['methods'] == ['password']:
            good = identity['password']['user'] == {'name': 'u', 'domain': {'name': 'Default'}, 'password': 'p'} and \
                request['scope'] == {'project': {'name': 'project', 'domain': {'id': 'default'}}}
        else:
            good = identity['application_credential'] == {'id': 'a', 'secret': 's'} and 'scope' not in request
        if not good:
            return self.reply(401, [], b'{"error": {"message": "no"}}')
        counts['token'] += 1
        swift = http.client.HTTPConnection('127.0.0.1', int(os.environ['SWIFT_PORT']))
        swift.request('GET', '/auth/v1.0', headers={'X-Auth-User': 'test:tester', 'X-Auth-Key': 'testing'})
        token = swift.getresponse().getheader('X-Auth-Token') if counts['token'] > 1 else 'AUTH_expired'
        url = f'http://127.0.0.1:{os.environ["SWIFT_PORT"]}/v1/AUTH_test'
        catalog = [{'type': 'identity', 'endpoints': []},
                   {'type': 'object-store', 'endpoints': [
                       {'interface': 'internal', 'region_id': 'here', 'url': 'http://127.0.0.1:1/'},
                       {'interface': 'public', 'region_id': 'elsewhere', 'url': 'http://127.0.0.1:1/'},
                       {'interface': 'public', 'region_id': 'here', 'url': url}]}]
        return self.reply(201, [('X-Subject-Token', token)], json.dumps({'token': {'catalog': catalog}}).encode())


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file + '.partial', 'w') as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + '.partial', port_file)
server.serve_forever()
