"""A visitor's connection that stays, as nginx keeps it."""

import http.client

from .site import Site


class KeptConnection:
    def __init__(self, site: Site, cookies: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", int(site.base_url.rpartition(":")[2]), timeout=20)
        self._headers = {"Host": site.base_url.removeprefix("http://"), "Cookie": cookies}

    def get(self) -> int:
        """Asks the app who is there; the status of the answer, 200 for whoever is signed in."""
        self._connection.request("GET", "/whoami", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        self._connection.close()
