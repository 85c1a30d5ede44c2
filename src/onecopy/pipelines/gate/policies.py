"""The policy that a gate goes by: given to it, or adopted, by whatever process it was."""

from sqlalchemy import Connection

from onecopy.catalog import policies
from onecopy.catalog.store import Catalog
from onecopy.errors import UsageError
from onecopy.policy import Policy, default
from onecopy.policy.history import adopt, adopted


class PolicyInForce:
    """What becomes of uploads. Thread-safe.

    Attributes:
        latest: The policy, as it was when last looked at: for what may lag a moment behind.
        fixed: Whether the gate was opened with it, so that it cannot be changed from inside.
    """

    def __init__(self, catalog: Catalog, policy: Policy | None) -> None:
        """Go by a policy; without one, by what was adopted last, or else the shipped one."""
        self._catalog = catalog
        self.fixed = policy is not None
        self.latest = policy or default()

    def now(self) -> Policy:
        """What becomes of uploads at this moment."""
        with self._catalog.read() as connection:
            return self.seen_by(connection)

    def seen_by(self, connection: Connection) -> Policy:
        """The policy in force, as a transaction sees it: another process may have changed it."""
        digest = None if self.fixed else policies.adopted(connection)
        if digest in (None, self.latest.digest):
            return self.latest
        found = adopted(connection) or self.latest
        self.latest = found
        return found

    def adopt(self, *, actor: str) -> None:
        """Record that the policy is in force from now on; else that is done with the first upload.

        Args:
            actor: Who put it there, for the audit log.
        """
        with self._catalog.write() as connection:
            adopt(connection, self.seen_by(connection), actor=actor)

    def change(self, policy: Policy, *, actor: str) -> None:
        """Go by another policy from now on, here and in all gates that were opened without one.

        Args:
            policy: The new one.
            actor: Who adopts it, for the audit log.

        Raises:
            UsageError: ``policy-fixed``: this gate was opened with one.
        """
        if self.fixed:
            raise UsageError(
                "The policy is set by a file. Change it there, and start again.", code="policy-fixed"
            )
        with self._catalog.write() as connection:
            adopt(connection, policy, actor=actor)
            policies.keep_adopted(connection, policy.digest)
        self.latest = policy
