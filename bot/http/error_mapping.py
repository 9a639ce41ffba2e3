"""What went wrong on the wire: aiohttp's and the system's errors as ours."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from yarl import URL

from bot.errors import Malformed, Refused, SourceError, Unreachable
from bot.http.addresses import NotPublic
from bot.http.answers import host_of, mask
from bot.problems import Code, Problem


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Errors that would show the unmasked URL in a traceback are not chained."""
    host, shown = host_of(url), mask(url)
    try:
        yield
    except aiohttp.WSServerHandshakeError:
        raise  # carries a status, which the caller judges
    except TimeoutError as error:
        problem = Problem(Code.HOST_TIMED_OUT, host=host, address=shown)
        raise Unreachable(problem, url=shown) from error
    except aiohttp.ClientPayloadError as error:
        problem = Problem(Code.ANSWER_BROKEN_OFF, host=host, address=shown)
        raise Malformed(problem, url=shown) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise Refused(Problem(Code.NO_WEB_ADDRESS, address=shown), url=shown) from None
    except aiohttp.ClientHttpProxyError as error:
        status = error.status
        problem = Problem(Code.PROXY_ANSWERED, status=status, host=host, address=shown)
        raise Unreachable(problem, url=shown, status=status) from None
    except aiohttp.ClientResponseError as error:
        problem = Problem(Code.ANSWER_NOT_HTTP, host=host, address=shown)
        raise Malformed(problem, url=shown, status=error.status) from None
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
            error.os_error, NotPublic
        ):
            raise redirected_inside(url) from None
        raise Unreachable(_unreachable(error, host, shown), url=shown) from error


def redirected_inside(url: URL) -> Refused:
    """A redirect to ``url``, which is no address of the internet."""
    shown = mask(url)
    host = host_of(url)
    return Refused(Problem(Code.REDIRECTED_TO_PRIVATE_ADDRESS, host=host, address=shown), url=shown)


def is_passing(error: SourceError) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error.__cause__, aiohttp.ClientSSLError):
        return False
    unreachable = isinstance(error, Unreachable)
    return unreachable or isinstance(error.__cause__, aiohttp.ClientPayloadError)


def _unreachable(error: Exception, host: str, shown: str) -> Problem:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Problem(Code.HOST_NAME_NOT_FOUND, host=host, address=shown)
    if isinstance(error, aiohttp.ClientSSLError):
        return Problem(Code.HOST_NOT_TRUSTED, host=host, address=shown)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Problem(Code.HOST_DISCONNECTED, host=host, address=shown)
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    number = cause.errno if isinstance(cause, OSError) else None
    why = os.strerror(number).lower() if number and number > 0 else ""
    return Problem(Code.HOST_UNREACHABLE, host=host, why=why, address=shown)
