"""What a case does with the containers of swift_server.py besides levin, by version 1 of Swift's own interface:

store.py PORT put FOLDER PREFIX     a folder's files, or one file, as objects of the container "data"
store.py PORT get PREFIX FOLDER     the reverse
store.py PORT list PREFIX           the names, one a line
store.py PORT remove PREFIX
"""
import http.client
import json
import os
import sys
import urllib.parse


class Account:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection('127.0.0.1', int(port))
        answer = self.request('GET', '/auth/v1.0', headers={'X-Auth-User': 'test:tester', 'X-Auth-Key': 'testing'})[0]
        self.headers = {'X-Auth-Token': answer.getheader('X-Auth-Token')}

    def request(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body=body, headers=headers or self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status < 300, (method, path, answer.status, text)
        return answer, text

    def path(self, name):
        return '/v1/AUTH_test/data/' + urllib.parse.quote(name)

    def names(self, prefix):
        found, marker = [], ''
        while True:
            query = urllib.parse.urlencode({'format': 'json', 'prefix': prefix, 'marker': marker})
            page = json.loads(self.request('GET', '/v1/AUTH_test/data?' + query)[1])
            if not page:
                return found
            found += [entry['name'] for entry in page]
            marker = found[-1]


def main(port, what, *arguments):
    account = Account(port)
    if what == 'put':
        folder, prefix = arguments
        if os.path.isfile(folder):
            with open(folder, 'rb') as file:
                account.request('PUT', account.path(prefix), file.read())
            return
        for top, _, files in os.walk(folder):
            for file in files:
                path = os.path.join(top, file)
                with open(path, 'rb') as data:
                    account.request('PUT', account.path(prefix + '/' + os.path.relpath(path, folder)), data.read())
    elif what == 'get':
        prefix, folder = arguments
        for name in account.names(prefix + '/'):
            path = os.path.join(folder, name[len(prefix) + 1:])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(account.request('GET', account.path(name))[1])
    elif what == 'list':
        for name in account.names(arguments[0]):
            print(name)
    elif what == 'remove':
        for name in account.names(arguments[0]):
            account.request('DELETE', account.path(name))
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(*sys.argv[1:])
