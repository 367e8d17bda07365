"""Holds a recording against the parameter tables inside Meta's own facebook_business package.

Usage: check_recording.py RECORDING...

Every line is one request. Exits 1 and names each request that Meta's tables do not allow: an edge that does not exist,
a parameter that is not in the table, a value of another type. The tables are read from the package's source, not run.
"""

import ast
import datetime
import importlib.util
import json
import pathlib
import re
import sys

ANYWHERE = {"access_token", "appsecret_proof", "fields", "limit", "after", "before", "summary"}
# Generic time paging, which any list accepts.
READING = {"since", "until"}
# Documented, but not objects of the SDK.
ENDPOINTS = {
    "oauth/access_token": {"client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token"},
    "debug_token": {"input_token"},
    "permissions": set(),
}
URL_NODE = {"id": "string", "scrape": "bool"}
FILE_PARTS = {"photos": {"source"}, "videos": {"source", "video_file_chunk", "thumb"}, "feed": {"thumbnail"}}
ROOT = pathlib.Path(importlib.util.find_spec("facebook_business").submodule_search_locations[0])


def main(files):
    requests = [(name, number, json.loads(line)) for name in files for number, line in lines(name)]
    wrong = 0
    for name, number, request in requests:
        for problem in problems(request):
            wrong += 1
            print(f"{name}:{number}: {request['method']} {request['path']}: {problem}")
    print(f"{len(requests)} requests checked, {wrong} problems")
    sys.exit(1 if wrong or not requests else 0)


def lines(name):
    with open(name, encoding="utf-8") as recording:
        for number, line in enumerate(recording, 1):
            if line.strip():
                yield number, line


def problems(request):
    path = re.sub(r"^/(v\d+\.\d+)?/?", "", request["path"]).strip("/")
    if not re.match(r"^/v26\.0(/|$)", request["path"]):
        yield "the version v26.0 is not in the path"
    if path in ENDPOINTS:
        yield from unknown(request, ENDPOINTS[path])
        return
    node, _, edge = path.partition("/")
    tables = candidates(request["method"], node, edge)
    if not tables:
        yield f"no such edge in Meta's tables: {edge or node}"
        return
    # A bare id does not tell its type: the request must satisfy one of the types it can have.
    found = [list(against(request, table, edge)) for table in tables]
    yield from min(found, key=len)


def candidates(method, node, edge):
    if not node:
        return [(URL_NODE, {})]
    if edge in ENDPOINTS:
        return [({}, {})]
    if edge:
        kinds = ["user", "page"] if node == "me" else ["pagepost"] if "_" in node else ["page", "photo", "advideo"]
        verb = {"GET": "GET", "POST": "POST", "DELETE": "DELETE"}[method]
        return [table for kind in kinds for table in [TABLES.get((kind, verb, edge))] if table]
    kinds = ["pagepost", "comment"] if "_" in node else ["page", "photo", "advideo", "user", "application"]
    return [table for kind in kinds for table in [TABLES.get((kind, method, ""))] if table]


def against(request, table, edge):
    types, enums = table
    reading = READING if request["method"] == "GET" else set()
    for name, value in request["params"].items():
        base = re.sub(r"\[\d*\]$", "", name)
        if base in ANYWHERE | reading:
            continue
        if base not in types:
            yield f"parameter `{name}` is not in Meta's table"
        elif not fits(types[base] if base == name else item_type(types[base]), value, enums):
            yield f"parameter `{name}` is no {types[base]}: {value!r}"
    for file in request["files"]:
        if file["name"] not in FILE_PARTS.get(edge, set()) | set(types):
            yield f"file part `{file['name']}` is not known here"


def unknown(request, allowed):
    for name in request["params"]:
        if name not in allowed | ANYWHERE:
            yield f"parameter `{name}` is not documented"


def fits(kind, value, enums):
    if kind in enums:
        return value in enums[kind]
    if kind.startswith("list"):
        items = decoded(value)
        return isinstance(items, list) and all(fits(item_type(kind), item, enums) for item in items)
    if kind.startswith("map") or kind == "Object":
        return isinstance(decoded(value), dict)
    if kind in CHECKS:
        return CHECKS[kind](value)
    return False


def item_type(kind):
    inner = re.match(r"^list<(.*)>$", kind)
    return inner.group(1) if inner else "string"


def decoded(value):
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def is_number(value, pattern):
    return not isinstance(value, bool) and re.fullmatch(pattern, str(value)) is not None


def is_datetime(value):
    if is_number(value, r"\d+"):
        return True
    try:
        datetime.datetime.fromisoformat(str(value))
        return True
    except ValueError:
        return False


CHECKS = {
    "string": lambda value: isinstance(value, str),
    "file": lambda value: isinstance(value, str),
    "bool": lambda value: value in (True, False, "true", "false"),
    "int": lambda value: is_number(value, r"-?\d+"),
    "unsigned int": lambda value: is_number(value, r"\d+"),
    "float": lambda value: is_number(value, r"-?\d+(\.\d+)?"),
    "datetime": is_datetime,
}


def read_tables():
    """{(type, method, edge): (types, enums)} of every call of the types a Page has to do with."""
    tables = {}
    for kind in ["page", "pagepost", "photo", "advideo", "comment", "user", "application"]:
        for function in functions(kind):
            call = request_of(function)
            if call:
                tables[(kind, *call)] = (assigned(function, "param_types"), read_enums(function))
    return tables


def functions(kind):
    tree = parsed(kind)
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def parsed(kind):
    return ast.parse((ROOT / "adobjects" / f"{kind}.py").read_text(encoding="utf-8"))


def request_of(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FacebookRequest":
            words = {word.arg: word.value for word in node.keywords}
            return words["method"].value, words["endpoint"].value.strip("/")
    return None


def assigned(function, name):
    value = assignment(function, name)
    return ast.literal_eval(value) if value else {}


def assignment(function, name):
    for node in function.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return node.value
    return None


def read_enums(function):
    """An enumeration is a list of values, or the attributes of a class of some type's module."""
    value = assignment(function, "enums")
    if value is None:
        return {}
    return {key.value: enum_values(node) for key, node in zip(value.keys, value.values)}


def enum_values(node):
    if isinstance(node, ast.List):
        return set(ast.literal_eval(node))
    owner, name = re.match(r"(\w+)\.(\w+)\.__dict__", ast.unparse(node)).groups()
    for found in ast.walk(parsed(owner.lower())):
        if isinstance(found, ast.ClassDef) and found.name == name:
            return {part.value.value for part in found.body if isinstance(part, ast.Assign)}
    return set()


TABLES = read_tables()

if __name__ == "__main__":
    main(sys.argv[1:])
