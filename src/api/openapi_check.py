#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/ref/openapi.yaml and the server to each other.

usage: openapi_check.py API_TEST OPENAPI_YAML

Runs the handler tests with a log of every exchange, then checks: each route of the router is in the
document with the same policy and the other way round; each answer has a documented status and a
body that fits its schema; each accepted request body fits its schema; each route was asked at least
once; the document's own examples fit.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings

import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jsonschema

METHODS = ("get", "post", "put", "patch", "delete")


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.safe_load(file)
        self.problems = []

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node and node["$ref"].startswith("#/"):
            target = self.tree
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def operations(self):
        for path, item in self.tree["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def check(self, schema, value, where):
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                 "components": self.tree["components"], "allOf": [schema]}
        validator = jsonschema.Draft202012Validator(whole)
        for error in validator.iter_errors(value):
            place = "/".join(str(part) for part in error.absolute_path)
            self.problems.append(f"{where}: {place or 'body'}: {error.message}")

    def check_examples(self):
        for path, method, operation in self.operations():
            bodies = [("request", operation.get("requestBody", {}))]
            bodies += list(operation.get("responses", {}).items())
            for name, body in bodies:
                for content in self.resolve(body).get("content", {}).values():
                    if "example" in content:
                        where = f"example of {method.upper()} {path} {name}"
                        self.check(content["schema"], content["example"], where)

    def check_routes(self, routes):
        documented = {(path, method.upper()): operation
                      for path, method, operation in self.operations()}
        served = {(route["route"], route["method"]): route for route in routes}
        for key in sorted(documented.keys() - served.keys()):
            self.problems.append(f"{key[1]} {key[0]}: documented, but no route")
        for key in sorted(served.keys() - documented.keys()):
            self.problems.append(f"{key[1]} {key[0]}: a route, but not documented")
        for key in documented.keys() & served.keys():
            policy = {name: served[key][name] for name in ("operation", "object", "rendition")}
            if documented[key].get("x-policy") != policy:
                self.problems.append(f"{key[1]} {key[0]}: x-policy should be {policy}")

    def find(self, target, method):
        path = target.split("?")[0]
        method = "get" if method == "HEAD" else method.lower()
        for template, name, operation in self.operations():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if name == method and re.fullmatch(pattern, path):
                return template, operation
        return None, None

    def check_exchange(self, exchange):
        """The template of the route that answered, or None."""
        where = f"{exchange['method']} {exchange['target']} {exchange['status']}"
        template, operation = self.find(exchange["target"], exchange["method"])
        if operation is None:
            if exchange["status"] < 400 and exchange["target"].startswith("/api/"):
                self.problems.append(f"{where}: answered, but not documented")
            return None
        responses = operation["responses"]
        response = responses.get(str(exchange["status"]), responses.get("default"))
        if response is None:
            self.problems.append(f"{where}: this status is not documented")
            return template
        self.check_body(self.resolve(response), exchange, where)
        if exchange["request"] and exchange["status"] < 300:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self.check(schema, json.loads(exchange["request"]), where + " request")
        return template

    def check_body(self, response, exchange, where):
        kind = exchange["type"].split(";")[0]
        contents = response.get("content", {})
        if not contents and not kind:
            return
        content = contents.get(kind, contents.get("*/*"))
        if content is None:
            self.problems.append(f"{where}: {kind or 'no type'} is not documented")
        elif "json" in kind:
            self.check(content["schema"], json.loads(exchange["body"]), where)


def run_tests(binary):
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "exchanges")
        subprocess.run([binary, "--gtest_filter=ApiTest.*", "--gtest_brief=1"], check=True,
                       env={**os.environ, "VEDETTE_API_EXCHANGES": log})
        with open(log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def main():
    binary, path = sys.argv[1:]
    document = Document(path)
    lines = run_tests(binary)
    document.check_examples()
    document.check_routes([line for line in lines if "route" in line])
    exchanges = [line for line in lines if "target" in line]
    asked = {(document.check_exchange(exchange), exchange["method"]) for exchange in exchanges}
    for template, method, _ in document.operations():
        if (template, method.upper()) not in asked and template != "/{path}":
            document.problems.append(f"{method.upper()} {template}: no test asks for it")
    for problem in document.problems:
        print(problem)
    print(f"openapi: {len(exchanges)} exchanges, {len(document.problems)} problems")
    return 1 if document.problems else 0


if __name__ == "__main__":
    sys.exit(main())
