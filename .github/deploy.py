"""Deploys this commit to Heroku, asks the released app what it promises, and rolls back where it breaks a promise.

HEROKU_API_KEY=… HEROKU_APP_NAME=… python3 .github/deploy.py

By Heroku's own git and Platform API, with the standard library only. The key travels in headers, never on a command
line or in an address. Ends with 0 when the new release serves, with 1 after a roll-back or when nothing was released.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from smoke import smoke

API, GIT = "https://api.heroku.com", "https://git.heroku.com"
ACCEPT = "application/vnd.heroku+json; version=3"
NEWEST_FIRST = "version ..; order=desc,max=20"
TOO_MANY = 429
UP_SECONDS = 180.0
POLL_SECONDS = 3.0


class NotDeployed(Exception):
    """Why the commit does not serve, in words."""


@dataclass(frozen=True)
class Platform:
    """Heroku's Platform API for one app (devcenter.heroku.com/articles/platform-api-reference)."""

    app: str
    key: str
    address: str = API
    pause: float = POLL_SECONDS

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The answer to a request below the app's address, asked up to three times where it only reads.

        Raises NotDeployed: a moment without Heroku's API is no reason to roll back.
        """
        headers |= {"Accept": ACCEPT, "Authorization": f"Bearer {self.key}", "User-Agent": "aval-deploy"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.address}/apps/{self.app}{path}", content, headers, method=method)
        for last in (method != "GET", False, True):
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:
                reason, final = f"Heroku answers {error.code}", error.code < 500 and error.code != TOO_MANY
            except (OSError, ValueError) as error:
                reason, final = f"no answer of Heroku ({type(error).__name__})", False
            if last or final:
                break
            time.sleep(self.pause)
        raise NotDeployed(f"{reason} to {method} /apps/…{path}")

    def releases(self) -> list[dict[str, Any]]:
        """The last releases that carry code, the newest first, whatever became of them."""
        found = [release for release in self.ask("GET", "/releases", Range=NEWEST_FIRST) if release["slug"]]
        return sorted(found, key=lambda release: release["version"], reverse=True)

    def roll_back(self, release: Mapping[str, Any]) -> dict[str, Any]:
        """A new release with the code and settings of this one."""
        made: dict[str, Any] = self.ask("POST", "/releases", {"release": release["id"]})
        return made

    def wait_for(self, version: int, seconds: float, poll: float) -> None:
        """Waits until every web dyno runs this version; raises NotDeployed when one crashes or time is up."""
        deadline = time.monotonic() + seconds
        while True:
            dynos = [dyno for dyno in self.ask("GET", "/dynos") if dyno["type"] == "web"]
            ours = [dyno["state"] for dyno in dynos if dyno["release"]["version"] == version]
            if "crashed" in ours:
                raise NotDeployed(f"v{version} does not start")
            if ours and len(ours) == len(dynos) and set(ours) == {"up"}:
                return
            if time.monotonic() > deadline:
                raise NotDeployed(f"v{version} is not up after {seconds:.0f} s")
            time.sleep(poll)


def push(remote: str, commit: str, key: str) -> None:
    """Pushes the commit to the app's main; raises NotDeployed where Heroku does not take or build it."""
    login = base64.b64encode(f"heroku:{key}".encode()).decode()
    header = {"GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}"}
    environment = os.environ | header | {"GIT_CONFIG_COUNT": "1", "GIT_TERMINAL_PROMPT": "0"}
    if subprocess.run(["git", "push", remote, f"{commit}:refs/heads/main"], env=environment).returncode:
        raise NotDeployed("Heroku did not take or build the commit; what served before still serves")


def released(platform: Platform, after: int, commit: str, seconds: float, poll: float) -> int:
    """The version past `after` that the push made, once its release phase is over; raises NotDeployed."""
    deadline = time.monotonic() + seconds
    while True:
        release, *_ = [*platform.releases(), {"version": 0}]
        if release["version"] > after and release["status"] == "succeeded":
            break
        if release["version"] > after and release["status"] == "failed":
            raise NotDeployed(f"the release phase of v{release['version']} failed")
        if time.monotonic() > deadline:
            raise NotDeployed("no release followed the push: Heroku had this commit already, or is late")
        time.sleep(poll)
    built = platform.ask("GET", f"/slugs/{release['slug']['id']}")["commit"]
    if built != commit:
        raise NotDeployed(f"v{release['version']} carries another commit, {built[:7]}")
    return int(release["version"])


def deploy(
    platform: Platform,
    remote: str,
    commit: str,
    check: Callable[[str], bool],
    *,
    seconds: float = UP_SECONDS,
    poll: float = POLL_SECONDS,
) -> bool:
    """Whether this commit serves; where it was released and does not, the last good release serves again."""
    releases = platform.releases()
    before = next((release for release in releases if release["status"] == "succeeded"), None)
    print("serves now:", f"v{before['version']}" if before else "nothing, this is the first release", flush=True)
    try:
        push(remote, commit, platform.key)
        address = platform.ask("GET", "")["web_url"]
        version = released(platform, releases[0]["version"] if releases else 0, commit, seconds, poll)
    except NotDeployed as refusal:
        print(f"::error::Not deployed: {refusal}.")
        return False
    try:
        platform.wait_for(version, seconds, poll)
        if check(address):
            print(f"v{version} serves at {address}")
            return True
        reason = f"v{version} breaks a promise"
    except NotDeployed as found:
        reason = str(found)
    if before is None:
        print(f"::error::{reason}, and there is nothing to roll back to: it is the first release.")
        return False
    try:
        made = platform.roll_back(before)
    except NotDeployed as failure:
        by_hand = f"heroku rollback v{before['version']} --app {platform.app}"
        raise NotDeployed(f"{reason}, and it stays, for the roll-back failed ({failure}): {by_hand}") from None
    print(f"::error::{reason}; rolled back to v{before['version']}, as v{made['version']}.", flush=True)
    platform.wait_for(made["version"], seconds, poll)
    print(f"v{made['version']} is up.")
    return False


def main() -> int:
    """Deploys what the environment names. Returns the exit code."""
    key, app = os.environ.get("HEROKU_API_KEY", ""), os.environ.get("HEROKU_APP_NAME", "")
    if not key or not app:
        print("::notice::Not deployed: set the secret HEROKU_API_KEY and the variable HEROKU_APP_NAME to deploy main.")
        return 0
    commit = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    try:
        smoke_key = os.environ.get("SMOKE_API_KEY", "")
        done = deploy(Platform(app, key), f"{GIT}/{app}.git", commit, lambda address: smoke(address, smoke_key))
    except NotDeployed as reason:
        print(f"::error::{reason}.")
        return 1
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
