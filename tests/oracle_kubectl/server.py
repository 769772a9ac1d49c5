"""An API server on the loopback, just large enough for `kubectl get`: discovery, lists, and lists as tables.

Facts: Kubernetes API concepts, "Receiving resources as Tables"; meta.k8s.io/v1 Table; a server without aggregated
discovery answers /api and /apis with APIVersions and APIGroupList.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.oracle_kubectl.cells import COLUMNS, cells
from tests.oracle_kubectl.clusters import Cluster, Object


@dataclass(frozen=True)
class _Resource:
    kind: str
    group: str
    short: str
    namespaced: bool = True

    def described(self, name: str) -> Object:
        categories = ["all"] if self.namespaced else []
        return {
            "name": name,
            "singularName": self.kind.lower(),
            "namespaced": self.namespaced,
            "kind": self.kind,
            "verbs": ["get", "list"],
            "shortNames": [self.short],
            "categories": categories,
        }


RESOURCES = {
    "pods": _Resource("Pod", "v1", "po"),
    "nodes": _Resource("Node", "v1", "no", namespaced=False),
    "services": _Resource("Service", "v1", "svc"),
    "daemonsets": _Resource("DaemonSet", "apps/v1", "ds"),
    "deployments": _Resource("Deployment", "apps/v1", "deploy"),
}
_LIST = re.compile(r"/(?:api|apis)/(v1|apps/v1)/(?:namespaces/([^/]+)/)?([a-z]+)")
_APPS = {"groupVersion": "apps/v1", "version": "v1"}
_FIXED: dict[str, Object] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [{"name": "apps", "versions": [_APPS], "preferredVersion": _APPS}],
    },
    "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.4"},
    **{
        path: {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": group,
            "resources": [each.described(name) for name, each in RESOURCES.items() if each.group == group],
        }
        for path, group in (("/api/v1", "v1"), ("/apis/apps/v1", "apps/v1"))
    },
}


class ApiServer(ThreadingHTTPServer):
    """Answers for one cluster at a time: `holds` may be replaced between commands."""

    daemon_threads = True
    holds = Cluster({name: [] for name in RESOURCES})


def _table(resource: str, items: list[Object]) -> Object:
    base, wide = COLUMNS[resource]
    columns = [
        {"name": name, "type": "string", "format": "", "description": "", "priority": int(name in wide)}
        for name in (*base, *wide)
    ]
    rows = [
        {
            "cells": cells(resource, item),
            "object": {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": item["metadata"],
            },
        }
        for item in items
    ]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": columns, "rows": rows}


def _list(resource: str, items: list[Object]) -> Object:
    described = RESOURCES[resource]
    return {"kind": f"{described.kind}List", "apiVersion": described.group, "metadata": {}, "items": items}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request."""
        path = self.path.partition("?")[0]
        answer = _FIXED.get(path) or self._listed(path)
        missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
        body = json.dumps(answer or missing).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _listed(self, path: str) -> Object | None:
        found = _LIST.fullmatch(path)
        if found is None or found[3] not in RESOURCES or RESOURCES[found[3]].group != found[1]:
            return None
        assert isinstance(self.server, ApiServer)
        items = self.server.holds.listed(found[3], found[2])
        make = _table if "as=Table" in self.headers.get("Accept", "") else _list
        return make(found[3], items)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: requests are no news."""


@contextmanager
def serving() -> Iterator[ApiServer]:
    """Serve on a free port of the loopback."""
    with ApiServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
