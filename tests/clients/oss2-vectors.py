"""Prints, as JSON, what Alibaba Cloud's SDK for Python signs with version 2 for a number of requests.

    pip install oss2 && python3 tests/clients/oss2-vectors.py > packages/protocol/src/signature/v2/oss2-vectors.json

The SDK does the signing; here are only the requests, and a clock that stands still.
"""
import json
import time
from unittest import mock

import oss2
from oss2 import http, utils
from oss2.auth import ProviderAuthV2
from oss2.credentials import StaticCredentialsProvider

NOW, DATE = 1703060898, "Wed, 20 Dec 2023 08:28:18 GMT"
ID, SECRET, TOKEN = "LTAIvector", "oss2/Secret+0", "CAIS+token/with=signs"

METADATA = {"Content-Type": "text/plain; charset=utf-8", "Content-MD5": "eB5eJF1ptWaXm4bijSPyxw==",
            "x-oss-meta-Author": "foo@bar.com", "x-oss-object-acl": "private"}

# what, method, bucket, key, query, headers, additional headers
REQUESTS = [
    ("a service", "GET", "", "", {}, {}, None),
    ("a service's list", "GET", "", "", {"prefix": "a/b", "max-keys": "10", "marker": ""}, {}, None),
    ("a bucket", "PUT", "examplebucket", "", {}, {"x-oss-acl": "public-read"}, None),
    ("a sub-resource of a bucket", "GET", "examplebucket", "", {"acl": ""}, {}, None),
    ("a list", "GET", "examplebucket", "",
     {"list-type": "2", "prefix": "fun/", "delimiter": "/", "start-after": "a b+c", "encoding-type": "url"}, {}, None),
    ("an object", "GET", "examplebucket", "exampleobject", {}, {}, None),
    ("an object with headers", "PUT", "examplebucket", "nelson", {}, METADATA, None),
    ("a key that needs escapes", "PUT", "examplebucket", "dir/a b+c%2F~*'()!&=?#:@,;$/\u4f60\u597d \U0001f600.txt", {}, {}, None),
    ("sub-resources with values", "GET", "examplebucket", "k",
     {"versionId": "CAEQ/+=", "response-content-type": "a b; c=\"d\"", "x-oss-process": "image/resize,w_100"}, {}, None),
    ("names of parameters that need escapes", "GET", "examplebucket", "k",
     {"a b": "1", "a+b": "2", "a/b": "3", "a-b": "4", "ab": "", "\u4f60": "\u597d"}, {}, None),
    ("the additional headers of the SDK", "GET", "examplebucket", "k", {},
     {"Range": "bytes=0-7", "If-Modified-Since": "Thu, 16 Feb 2017 02:10:39 GMT", "User-Agent": "test"}, None),
    ("additional headers of our own", "PUT", "examplebucket", "k", {"tagging": ""},
     dict(METADATA, **{"Cache-Control": "no-cache", "ZAbc": "value", "abc": "value"}), ["ZAbc", "abc", "Cache-Control", "absent"]),
    ("no additional headers where the SDK would have some", "GET", "examplebucket", "k", {}, {"Range": "bytes=0-7"}, []),
    ("white space within a value", "PUT", "examplebucket", "k", {}, {"x-oss-meta-a": "one  two\tthree"}, None),
    ("a header of UTF-8", "PUT", "examplebucket", "k", {}, {"x-oss-meta-a": "\u4f60\u597d"}, None),
]


def sign(token, place, request):
    what, method, bucket, key, query, headers, additional = request
    auth = ProviderAuthV2(StaticCredentialsProvider(ID, SECRET, token))
    req = http.Request(method, "http://host/", params=dict(query), headers=dict(headers))
    before = {name.lower(): value for name, value in req.headers.items() if name.lower() in lower(headers)}
    vector = {"what": what + (", a session's" if token else ""), "place": place, "method": method, "bucket": bucket,
              "key": key, "query": query, "headers": before, "additionalHeaders": additional, "token": token}
    if place == "url":
        vector["url"] = auth._sign_url(req, bucket, key, 600, additional)
    else:
        auth._sign_request(req, bucket, key, additional)
        vector["authorization"] = req.headers["authorization"]
    return vector


def lower(headers):
    return {name.lower() for name in headers}


with mock.patch.object(time, "time", lambda: float(NOW)), mock.patch.object(utils, "http_date", lambda: DATE):
    vectors = [sign(token, place, request) for place in ("header", "url") for token in ("", TOKEN) for request in REQUESTS]

print(json.dumps({"madeWith": "oss2 " + oss2.__version__, "now": NOW * 1000, "accessKeyId": ID,
                  "accessKeySecret": SECRET, "vectors": vectors}, ensure_ascii=False))
