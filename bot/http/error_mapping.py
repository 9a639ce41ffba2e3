"""What went wrong on the wire, in our words: aiohttp's and the system's errors, translated."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from yarl import URL

from bot import messages
from bot.errors import Malformed, Refused, SourceError, Unreachable
from bot.http.addresses import NotPublic
from bot.http.answers import host_of, mask


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Errors that would show the unmasked URL in a traceback are not chained."""
    host, shown = host_of(url), mask(url)
    try:
        yield
    except aiohttp.WSServerHandshakeError:
        raise  # carries a status, which the caller judges
    except TimeoutError as error:
        raise Unreachable(messages.http_errors.not_in_time(host, shown), url=shown) from error
    except aiohttp.ClientPayloadError as error:
        raise Malformed(messages.http_errors.broken_off(host, shown), url=shown) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise Refused(messages.http_errors.no_address(shown), url=shown) from None
    except aiohttp.ClientHttpProxyError as error:
        message = messages.http_errors.proxy(error.status, host)
        raise Unreachable(message, url=shown, status=error.status) from None
    except aiohttp.ClientResponseError as error:
        message = messages.http_errors.not_http(host, shown)
        raise Malformed(message, url=shown, status=error.status) from None
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
            error.os_error, NotPublic
        ):
            raise redirected_inside(url) from None
        message = messages.http_errors.unreachable(host, _reason(error), shown)
        raise Unreachable(message, url=shown) from error


def redirected_inside(url: URL) -> Refused:
    """A redirect to ``url``, which is no address of the internet."""
    shown = mask(url)
    return Refused(messages.http_errors.redirected_inside(host_of(url), shown), url=shown)


def is_passing(error: SourceError) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error.__cause__, aiohttp.ClientSSLError):
        return False
    unreachable = isinstance(error, Unreachable)
    return unreachable or isinstance(error.__cause__, aiohttp.ClientPayloadError)


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return messages.http_errors.NAME_NOT_FOUND
    if isinstance(error, aiohttp.ClientSSLError):
        return messages.http_errors.NOT_ENCRYPTED
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return messages.http_errors.DISCONNECTED
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    number = cause.errno if isinstance(cause, OSError) else None
    return os.strerror(number).lower() if number and number > 0 else messages.http_errors.FAILED
