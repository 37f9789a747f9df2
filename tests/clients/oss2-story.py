"""Works with a service through Alibaba Cloud's SDK for Python, and prints what came of each step as JSON.

Read from standard input: {"endpoint", "region", "bucket", "version", "accessKeyId", "accessKeySecret", "securityToken"}.
"""
import json
import sys
import urllib.request

import oss2
from oss2.auth import ProviderAuth, ProviderAuthV2, ProviderAuthV4
from oss2.credentials import StaticCredentialsProvider

told = json.load(sys.stdin)
SIGNERS = {"v1": ProviderAuth, "v2": ProviderAuthV2, "v4": ProviderAuthV4}
KEY = "dir/a b+c%2F~*'()!&=\u4f60\u597d.txt"
CONTENT = b"0123456789" * 1000


def bucket_of(secret, version=told["version"]):
    provider = StaticCredentialsProvider(told["accessKeyId"], secret, told.get("securityToken") or "")
    return oss2.Bucket(SIGNERS[version](provider), told["endpoint"], told["bucket"], region=told["region"])


def outcome(act):
    try:
        return act()
    except oss2.exceptions.OssError as error:
        return "%d %s %s" % (error.status, error.code, error.details.get("EC", ""))


def fetched(url, method="GET", body=None, headers={}):
    request = urllib.request.Request(url, method=method, data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return [answer.status, len(answer.read())]


bucket = bucket_of(told["accessKeySecret"])
steps = {
    "put": lambda: bucket.put_object(KEY, CONTENT, headers={
        "x-oss-meta-Author": "foo@bar.com", "Content-Type": "text/plain; charset=utf-8", "x-oss-tagging": "a=b"}).status,
    "get": lambda: bucket.get_object(KEY).read() == CONTENT,
    # The headers that the SDK signs besides.
    "range": lambda: len(bucket.get_object(KEY, byte_range=(0, 7), headers={
        "If-Modified-Since": "Thu, 16 Feb 2017 02:10:39 GMT"}).read()),
    "override": lambda: bucket.get_object(KEY, params={"response-content-type": "a/b; c=\"d\""}).content_type,
    "tags": lambda: bucket.get_object_tagging(KEY).tag_set.tagging_rule,
    "list": lambda: [each.key for each in bucket.list_objects_v2(prefix="dir/", delimiter="/", start_after="a b").object_list],
    "url": lambda: fetched(bucket.sign_url("GET", KEY, 60, slash_safe=True)),
    "url with a query": lambda: fetched(bucket.sign_url("GET", KEY, 60, params={"response-expires": "0"}, slash_safe=True)),
    "url of a put": lambda: fetched(bucket.sign_url("PUT", "other", 60, headers={"Content-Type": "a/b"}), "PUT", CONTENT, {"Content-Type": "a/b"}),
    "delete": lambda: bucket.delete_object(KEY).status,
    "wrong secret": lambda: bucket_of("wrong").get_object(KEY),
}
if told["version"] == "v2":
    headers = {"Range": "bytes=0-3"}
    steps["additional header in the url"] = lambda: fetched(
        bucket.sign_url("GET", "other", 60, headers=headers, additional_headers=["Range"]), "GET", None, headers)

print(json.dumps({name: outcome(step) for name, step in steps.items()}, ensure_ascii=True))
