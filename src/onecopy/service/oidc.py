"""Signing in through an OpenID provider: the authorization code flow with PKCE, state and nonce.

What the provider says is believed only after its signature, issuer, audience, times and nonce were checked; a
token without a signature, or with one made from a shared secret, is refused whatever the provider announces.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from onecopy.errors import UsageError
from onecopy.service.attempt import Attempt
from onecopy.service.problems import ProblemError

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures that only the provider can make."""
SECONDS = 10.0
"""How long the provider may take to answer."""
MOST = 1 << 20
"""Bytes of an answer."""
AT_ONCE = 8
"""Sign-ins that wait for the provider together. Anybody can begin one, and uploads need the threads, too."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider vouches for. ``email`` is there only if it was verified."""

    subject: str
    email: str | None


class Provider:
    """One OpenID provider, as a client of it. Its description is asked for at each sign-in: few are."""

    def __init__(self, issuer: str, client_id: str, client_secret: str | None, redirect_uri: str) -> None:
        """Make a client.

        Raises:
            UsageError: The issuer or our own address is not https (but on this machine).
        """
        for name, url in (("ONECOPY_OIDC_ISSUER", issuer), ("ONECOPY_PUBLIC_URL", redirect_uri)):
            if not _safe(url):
                raise UsageError(f"{name} must be an https address, and not '{url}'.")
        self._issuer, self._client_id, self._secret = issuer, client_id, client_secret
        self._redirect_uri = redirect_uri
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def address(self, attempt: Attempt) -> str:
        """Where to send the browser.

        Raises:
            ProblemError: 502: the provider cannot be reached; 503: too many sign in at once.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        with self._turn():
            endpoint = self._endpoint(self._described(), "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def redeem(self, code: str, attempt: Attempt) -> Identity:
        """Whom the provider vouches for by a code.

        Raises:
            ProblemError: 401: it does not; 502: it cannot be reached, or says what cannot be believed;
                503: too many sign in at once.
        """
        with self._turn():
            described = self._described()
            given = self._tokens(described, code, attempt)
            claims = self._claims(described, given, attempt)
            if "email" not in claims and "userinfo_endpoint" in described:
                claims |= self._more(described, str(given.get("access_token", "")), str(claims["sub"]))
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        return Identity(
            subject=f"{self._issuer} {claims['sub']}", email=claims["email"] if verified else None
        )

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(blocking=False):
            detail = "Too many people sign in at this moment. Try again."
            raise ProblemError(503, "unavailable", detail, headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._turns.release()

    def _described(self) -> dict[str, Any]:
        described = _get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if described.get("issuer") != self._issuer:
            _unbelievable("it names another issuer")
        return described

    def _tokens(self, described: Mapping[str, Any], code: str, attempt: Attempt) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._client_id,
            "code_verifier": attempt.verifier,
        }
        auth = httpx.Auth() if self._secret is None else httpx.BasicAuth(self._client_id, self._secret)
        endpoint = self._endpoint(described, "token_endpoint")
        return _answer(lambda client: client.post(endpoint, data=form, auth=auth))

    def _claims(
        self, described: Mapping[str, Any], given: Mapping[str, Any], attempt: Attempt
    ) -> dict[str, Any]:
        keys = _get(self._endpoint(described, "jwks_uri"))
        options = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        params = {"nonce": attempt.nonce, "client_id": self._client_id}
        params |= {"access_token": given["access_token"]} if "access_token" in given else {}
        try:
            registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            token = jwt.decode(str(given.get("id_token", "")), key_set, registry=registry)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            _unbelievable(f"its ID token does not hold ({type(error).__name__})")
        return dict(token.claims)

    def _more(self, described: Mapping[str, Any], access_token: str, subject: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        said = _get(self._endpoint(described, "userinfo_endpoint"), headers=headers)
        if said.get("sub") != subject:
            _unbelievable("it speaks of somebody else")
        return {name: said[name] for name in ("email", "email_verified") if name in said}

    def _endpoint(self, described: Mapping[str, Any], name: str) -> str:
        url = described.get(name)
        if not isinstance(url, str) or not _safe(url):
            _unbelievable(f"its {name} is no https address")
        return url


def _safe(url: str) -> bool:
    """Whether what is sent there cannot be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    )


def _get(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return _answer(lambda client: client.get(url, headers=headers))


def _answer(ask: Callable[[httpx.Client], httpx.Response]) -> dict[str, Any]:
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            reply = ask(client)
    except httpx.HTTPError as error:
        _unbelievable(f"it does not answer ({type(error).__name__})")
    if reply.status_code in (400, 401):
        raise ProblemError(401, "sign-in-refused", "The provider does not vouch for you. Sign in again.")
    if reply.status_code != 200 or len(reply.content) > MOST:
        _unbelievable(f"it answers with status {reply.status_code}")
    try:
        said = json.loads(reply.content)
    except (ValueError, RecursionError):
        _unbelievable("its answer is not JSON")
    if not isinstance(said, dict):
        _unbelievable("its answer is no object")
    return said


def _unbelievable(why: str) -> NoReturn:
    raise ProblemError(502, "provider-failed", f"The sign-in provider cannot be believed: {why}.")
