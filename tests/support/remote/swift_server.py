"""OpenStack Swift as Debian ships it (python3-swift), on loopback: swift_server.py FOLDER

The account, container, object and proxy servers are the real ones, with TempAuth and the s3api middleware; they run in one process,
on ports that are free, and keep everything below FOLDER, which must allow extended attributes. When all listen, FOLDER/port
holds the proxy's port, and the container "data" exists. User test:tester, key "testing". Nothing of /etc/swift is read.
"""
import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from paste.deploy import loadapp  # noqa: E402
from swift.common import db, utils  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.utils import NullLogger  # noqa: E402

utils.HASH_PATH_SUFFIX = b'levin'

# Nothing here outlives a test, so nothing waits for the disk.
os.fsync = os.fdatasync = lambda _: None
open_database = db.get_db_connection


def hasty_database(*arguments, **options):
    connection = open_database(*arguments, **options)
    connection.execute('PRAGMA synchronous = OFF')
    return connection


db.get_db_connection = hasty_database

SERVER = '''
[DEFAULT]
devices = {folder}/devices
swift_dir = {folder}
mount_check = false
bind_ip = 127.0.0.1
[app:main]
use = egg:swift#{kind}
'''

PROXY = '''
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 30
conn_timeout = 5
[filter:cache]
paste.filter_factory = swift_server:cache
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
[filter:slo]
use = egg:swift#slo
min_segment_size = 1
'''
for plain in ('catch_errors', 'listing_formats', 'bulk', 'copy', 'dlo'):
    PROXY += f'[filter:{plain}]\nuse = egg:swift#{plain}\n'


class Cache:
    """What memcached is to Swift: TempAuth keeps its tokens there."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def incr(self, key, delta=1, **_):
        self.values[key] = int(self.values.get(key, 0)) + delta
        return self.values[key]

    def delete(self, key, **_):
        self.values.pop(key, None)


def cache(_global, **_local):
    memory = Cache()

    def filter_of(app):
        def run(environ, start_response):
            environ['swift.cache'] = memory
            return app(environ, start_response)
        return run
    return filter_of


def write_ring(folder, kind, port):
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'd'})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f'{kind}.ring.gz'))


def serve(folder, kind, text, sock):
    path = os.path.join(folder, f'{kind}.conf')
    with open(path, 'w') as file:
        file.write(text.format(folder=folder, kind=kind))
    app = loadapp('config:' + path, global_conf={'log_level': 'ERROR'})
    app_logger = NullLogger()
    eventlet.spawn(wsgi.server, sock, app, app_logger, log_output=False)
    return app


def main(folder):
    folder = os.path.abspath(folder)
    os.makedirs(os.path.join(folder, 'devices', 'd'), exist_ok=True)
    sockets = {kind: eventlet.listen(('127.0.0.1', 0)) for kind in ('account', 'container', 'object', 'proxy')}
    for kind in ('account', 'container', 'object'):
        write_ring(folder, kind, sockets[kind].getsockname()[1])
    for kind in ('account', 'container', 'object'):
        serve(folder, kind, SERVER, sockets[kind])
    serve(folder, 'proxy', PROXY, sockets['proxy'])
    port = sockets['proxy'].getsockname()[1]
    from eventlet.green import http
    from eventlet.green.http import client

    def request(method, path, headers):
        connection = client.HTTPConnection('127.0.0.1', port)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 300, (method, path, answer.status)
        return answer
    token = request('GET', '/auth/v1.0', {'X-Auth-User': 'test:tester', 'X-Auth-Key': 'testing'}).getheader('X-Auth-Token')
    request('PUT', '/v1/AUTH_test/data', {'X-Auth-Token': token})
    with open(os.path.join(folder, 'port.partial'), 'w') as file:
        file.write(str(port))
    os.rename(os.path.join(folder, 'port.partial'), os.path.join(folder, 'port'))
    while True:
        eventlet.sleep(3600)


if __name__ == '__main__':
    main(sys.argv[1])
