"""One root error; a subclass per cause.

What a person reads (message and next step) stands in the catalogues under `errors.<code>`;
`helper.messages.explain` renders it. `details` fill the placeholders of the catalogue text and
never hold a secret.
"""

from __future__ import annotations


class KazhengError(Exception):
    """Something failed for a reason that can be explained to the user."""

    code = "internal"
    status = 500

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.code, details)

    def __str__(self) -> str:
        """Return code and details, for logs."""
        parts = ", ".join(f"{key}={value}" for key, value in self.details.items())
        return f"{self.code}: {parts}" if parts else self.code


class NotFoundError(KazhengError):
    """The named thing does not exist; details: kind, id."""

    code = "not_found"
    status = 404


class ConflictError(KazhengError):
    """The same id was used before for other content; details: kind, id."""

    code = "conflict"
    status = 409


class InvalidError(KazhengError):
    """What was given is not of the right form; details: what."""

    code = "invalid"
    status = 400


class GoneError(KazhengError):
    """What the user deleted is offered again; details: kind, id."""

    code = "gone"
    status = 410


class RefusedError(KazhengError):
    """A precondition is not met; details: reason."""

    code = "refused"
    status = 422


class TooLargeError(KazhengError):
    """More bytes than the published limit; details: limit, size."""

    code = "too_large"
    status = 413


class PasswordNeededError(KazhengError):
    """A bill is locked: no password was given, or a wrong one; details: reason, path."""

    code = "password_needed"
    status = 422


class DiskFullError(KazhengError):
    """The disk has no room; details: path."""

    code = "disk_full"
    status = 507


class BrowserMissingError(KazhengError):
    """No Chromium-family browser was found; details: looked (list of names)."""

    code = "browser_missing"
    status = 503


class BrowserFailedError(KazhengError):
    """The browser was found but did not start; details: cause."""

    code = "browser_failed"
    status = 503


class PortInUseError(KazhengError):
    """Another program holds the port on 127.0.0.1 or ::1; details: port, address."""

    code = "port_in_use"
    status = 503


class ForbiddenError(KazhengError):
    """The guard refused the request; details: reason (machine code)."""

    code = "forbidden"
    status = 403


class UnauthorizedError(KazhengError):
    """Signature, pairing, time or nonce is wrong; details: reason (machine code)."""

    code = "unauthorized"
    status = 401


class PairingError(KazhengError):
    """The pairing code is wrong, used, expired or tried too often; details: reason."""

    code = "pairing_failed"
    status = 403


class VaultError(KazhengError):
    """The vault cannot be opened: locked, newer, damaged; details: reason, path."""

    code = "vault"
    status = 503
