"""One ServiceNow instance, spoken to as one account, from any number of threads."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pysnow
import requests
from requests.auth import AuthBase

from bot.ports import NotThere, Unknown
from integrations.servicenow.failures import SYSTEM, body_of, makes_no_sense, servicenow_failures
from integrations.servicenow.fields import plain, unwrap
from integrations.servicenow.query import all_of, checked_id
from integrations.servicenow.session import TIMEOUTS, Timeouts

CHANGE_API = "/api/sn_chg_rest/v1/change"
PAGE = 500
MOST_ROWS = 20_000
"""A list longer than this is a query that went wrong."""

Row = dict[str, str]


class Connection:
    """Reads and writes records; every answer is read, and what is not good raises a failure.

    pysnow keeps the query in the Resource and shares it between calls and threads, so that one thread may write the row
    another one asked for: each thread has a Client of its own, and each call a fresh Resource."""

    def __init__(
        self, url: str, signs_in: AuthBase, *, account: str, timeouts: Timeouts = TIMEOUTS, page: int = PAGE
    ) -> None:
        """page: rows asked for at once when all are wanted."""
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise ValueError("a ServiceNow URL looks like https://acme.service-now.com")
        self.url = url.rstrip("/")
        self.host = parts.netloc
        self.account = account
        self._is_https = parts.scheme == "https"
        self._root = parts.netloc + parts.path
        self._signs_in = signs_in
        self._timeouts = timeouts
        self._page_size = page
        self._own = threading.local()

    # ---------------------------------------------------------------------------------------------------- Table API

    def rows(self, table: str, query: str, columns: Sequence[str], *, limit: int) -> list[Row]:
        """The rows found, as plain strings; a column we may not read is missing.

        The caller looks at each row again: ServiceNow drops a condition it does not understand, and runs the rest."""
        found, _ = self._page(table, query, columns, limit=limit, offset=0)
        return found

    def all_rows(self, table: str, query: str, columns: Sequence[str]) -> Iterator[Row]:
        """Every row found, page by page, each once.

        A page may be short though more follow, since rows are hidden after the limit was applied: X-Total-Count
        says where it ends (ServiceNow docs, c_TableAPI, sysparm_limit)."""
        offset, total = 0, 1
        seen: set[str] = set()
        while offset < min(total, MOST_ROWS):
            found, total = self._page(
                table, all_of(query, "ORDERBYsys_id"), columns, limit=self._page_size, offset=offset
            )
            for row in found:
                if row.get("sys_id", "") not in seen:
                    seen.add(row.get("sys_id", ""))
                    yield row
            offset += self._page_size

    def _page(
        self, table: str, query: str, columns: Sequence[str], *, limit: int, offset: int
    ) -> tuple[list[Row], int]:
        with servicenow_failures(self.account):
            response = self._resource(table).get(
                query=query, fields=list(columns), limit=limit, offset=offset, exclude_reference_link=True
            )
            answer = self._checked(response)
            found = [unwrap(row) for row in response.all()]
        total = answer.headers.get("X-Total-Count", "")
        return found, int(total) if total.isdigit() else offset + len(found) + (limit if len(found) == limit else 0)

    def row(self, table: str, sys_id: str, columns: Sequence[str]) -> Row:
        """One record by its id. Raises: NotThere."""
        found = self.rows(table, f"sys_id={checked_id(sys_id)}", columns, limit=2)
        same = [row for row in found if row.get("sys_id") == sys_id]
        if not same:
            raise NotThere(SYSTEM, f"there is no such record in {table}, or the {self.account} may not read it")
        return same[0]

    def write(self, table: str, sys_id: str, columns: Mapping[str, str], *, repeatable: bool) -> Row:
        """PATCH one record: pysnow's own update() would look for it first and PUT whatever it found."""
        with servicenow_failures(self.account, repeatable=repeatable):
            response = self._resource(table).request(
                "PATCH", path_append=f"/{checked_id(sys_id)}", data=json.dumps(dict(columns))
            )
            self._checked(response, repeatable=repeatable)
            return unwrap(response.one())

    def insert(self, table: str, columns: Mapping[str, str]) -> Row:
        """POST a record. Raises: Unknown when its answer is lost."""
        with servicenow_failures(self.account, repeatable=False):
            response = self._resource(table).create(dict(columns))
            self._checked(response, repeatable=False)
            return unwrap(response.one())

    def _resource(self, table: str) -> Any:
        return self._client.resource(f"/table/{table}", timeout=self._timeouts)

    def _checked(self, response: Any, *, repeatable: bool = True) -> requests.Response:
        """The answer behind pysnow's, once it is known to be a good one: pysnow itself would skip an error that follows
        a result, and read a sleeping instance's web page as broken JSON."""
        answer: requests.Response = response._response
        body_of(answer, self.account, repeatable=repeatable)
        return answer

    # ------------------------------------------------------------------------------------------- Change Management API

    def call(self, method: str, path: str, columns: Mapping[str, str] | None = None, *, repeatable: bool = True) -> Any:
        """The ``result`` of a call to sn_chg_rest, in whichever shape it came.

        Not through pysnow: it adds sysparm_… pairs to every URL, and here a pair in the URL is a field to write."""
        with servicenow_failures(self.account, repeatable=repeatable):
            response = self._session.request(
                method,
                f"{self.url}{CHANGE_API}{path}",
                data=None if columns is None else json.dumps(dict(columns)),
                timeout=self._timeouts,
            )
            body = body_of(response, self.account, repeatable=repeatable)
        if "result" not in body:
            raise makes_no_sense(repeatable=repeatable)
        return body["result"]

    def headers_of(self, table: str) -> Mapping[str, str]:
        """The headers of a small read: what the doctor wants to know."""
        with servicenow_failures(self.account):
            response = self._resource(table).get(query="", fields=["sys_id"], limit=1)
            return dict(self._checked(response).headers)

    # ------------------------------------------------------------------------------------------------------ per thread

    @property
    def _session(self) -> requests.Session:
        session: requests.Session = self._client.session
        return session

    @property
    def _client(self) -> pysnow.Client:
        if not hasattr(self._own, "client"):
            session = requests.Session()
            session.auth = self._signs_in
            session.max_redirects = 0  # an API that redirects is a login page or a wrong URL
            self._own.client = pysnow.Client(host=self._root, use_ssl=self._is_https, session=session)
            session.headers["User-Agent"] = "Cabbie"
        return self._own.client


def sys_id_in(result: Any) -> str:
    """The sys_id of an answer, bare or a pair. Raises: Unknown when a create's answer holds none."""
    row = result[0] if isinstance(result, list) and result else result
    found = plain(row.get("sys_id")) if isinstance(row, Mapping) else ""
    if not found:
        raise Unknown(SYSTEM, "its answer does not say what was created")
    return found
