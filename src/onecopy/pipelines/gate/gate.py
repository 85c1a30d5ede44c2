"""Taking an upload through the gate, step by step: identify, look, compare, look again, store."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Self

from onecopy.candidates.index import Index
from onecopy.catalog import agreements, contents, uploads
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.engines.local import LocalEngine
from onecopy.errors import UnreadableError
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.model import FileIdentity, Limits
from onecopy.pipelines.gate.compare import Comparer, Question, unfinished
from onecopy.pipelines.gate.context import checked
from onecopy.pipelines.gate.identify import Identifier
from onecopy.pipelines.gate.kept import KeptUpload, hold_on
from onecopy.pipelines.gate.known import Known
from onecopy.pipelines.gate.look import Look, look
from onecopy.pipelines.gate.model import Context, GateReply
from onecopy.pipelines.gate.orphans import claim
from onecopy.pipelines.gate.policies import PolicyInForce
from onecopy.pipelines.gate.reply import reply
from onecopy.pipelines.gate.store import Also, record_rejection, store, writing
from onecopy.pipelines.gate.upload import Upload
from onecopy.pipelines.gate.watch import Watch
from onecopy.policy import Action, Policy
from onecopy.records.again import ask_about_held
from onecopy.sandbox.interface import Openable
from onecopy.vault.interface import Spool, Vault
from onecopy.vault.open import open_vault

COMPARISONS = 200
"""How many pairs of images are compared by their pixels for one upload, at most."""
PATIENCE = 4
"""How often an upload steps back for others before it makes those of its process wait."""
TURNS = 64
"""How many groups of agencies take turns apart from each other, in one process."""
ATTEMPTS = 13
"""How often it steps back at all (uploads of other processes cannot be made to wait)."""


class Gate:
    """Checks and takes in uploads. Thread-safe; close it when done (it is a context manager).

    Several gates, in one process or many, may share a catalog and a vault.
    """

    def __init__(
        self,
        catalog: Catalog,
        vault: Vault,
        engine: Engine,
        *,
        policy: Policy | None = None,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Make a gate over parts that the caller opened; closing the gate closes catalog and engine.

        Args:
            catalog: Opened with ``durable=True``, or a power cut may lose what was acknowledged.
            vault: Where contents are kept.
            engine: Runs everything that touches an upload's inside.
            policy: What becomes of an upload. By default the one that was adopted last
                (:meth:`PolicyInForce.change`), or the shipped one.
            limits: What one upload may cost.
            watch: Told what the gate does, for figures.
        """
        self.watch = watch or Watch()
        self.catalog, self.vault, self.engine = catalog, vault, engine
        self.limits = limits or Limits()
        self.policies = PolicyInForce(catalog, policy)
        self._known = Known(Index, version=FINGERPRINT_VERSION)
        self._compare = Comparer(engine=engine, vault=vault, limits=self.limits, watch=self.watch)
        self._identify = Identifier(
            catalog=catalog, vault=vault, engine=engine, limits=self.limits, watch=self.watch
        )
        # Where no rule rejects, the one look is that of the transaction which stores.
        self._rejects = any(rule.action is Action.REJECT for rule in self.policies.latest.rules)
        self._turns = tuple(threading.RLock() for _ in range(TURNS))

    @classmethod
    def open(
        cls,
        catalog: str | Path | None = None,
        vault: str | Path | None = None,
        *,
        workers: int | None = None,
        policy: Policy | None = None,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> Self:
        """Open a gate on a catalog and a vault; by default those in the user's data folder.

        What an older version fingerprinted is fingerprinted again first, so that nothing is missed.

        Raises:
            EnvironmentProblem: A part cannot be opened.
        """
        with contextlib.ExitStack() as opened:
            store = opened.enter_context(Catalog(catalog, durable=True, busy_seconds=30.0))
            contents = open_vault(vault)
            engine = LocalEngine(workers=workers, limits=limits or Limits())
            opened.callback(engine.close)
            gate = cls(store, contents, engine, policy=policy, limits=limits, watch=watch)
            gate.prepare()
            opened.pop_all()
        return gate

    def prepare(self) -> None:
        """Bring fingerprints up to date and load them; without it the first upload does the loading."""
        claim(self.catalog, self.vault)
        self._identify.again()
        ask_about_held(self.catalog, self.policies.now())
        with self.catalog.read() as connection:
            self._known.load(connection)

    def spool(self) -> Spool:
        """Begin to take an upload in piece by piece; hand it to ``check`` or ``submit`` inside ``with``."""
        return self.vault.spool(most=self.limits.file_bytes)

    def check(self, file: BinaryIO | Path | Spool, context: Context) -> GateReply:
        """Say what would become of an upload. Stores nothing.

        Args:
            file: The bytes: an open file, a path, or a filled spool of this gate.
            context: What is known besides.

        Raises:
            UsageError: ``bad-context``.
            UnreadableError: ``too-large``, ``no-access`` or ``vanished``.
            EnvironmentProblem: The catalog or the vault stands in the way.
        """
        context = checked(context, file)
        with self._spooled(file) as spool:
            upload = self._upload(spool, context)
            return reply(upload, self._looked(upload, spool.content()), self.policies.latest, done=False)

    def recall(self, sha256: str, context: Context) -> GateReply | None:
        """Say what would become of a file that the agency holds already, of which only the digest is known.

        Other agencies' files are not looked at, whatever they agreed to: who knows a digest need not have
        the file.

        Args:
            sha256: Of the file, in lower-case hexadecimal.
            context: As for :meth:`check`.

        Returns:
            ``None`` where the agency does not hold it: its bytes are needed for an answer.

        Errors as for :meth:`check`.
        """
        context = checked(context, None)
        with self.catalog.read() as connection:
            if not uploads.held(connection, [sha256], context.agency):
                return None
            identity = contents.identity(connection, sha256) or FileIdentity()
            size = uploads.size(connection, sha256)
        upload = Upload(sha256=sha256, size=size, context=context, identity=identity)
        return reply(
            upload, self._looked(upload, self.vault.content(sha256)), self.policies.latest, done=False
        )

    def submit(
        self, file: BinaryIO | Path | Spool, context: Context, *, also: Also | None = None
    ) -> GateReply:
        """Take an upload in. On return it is kept, and known to every later call.

        Args:
            file: As for :meth:`check`.
            context: As for :meth:`check`.
            also: Called with the answer inside the transaction that stores (or rejects), to write more: all
                of it is committed, or none. What it raises undoes the upload and is passed on. It is called
                once for each attempt to store, of which one at most is committed.

        Errors as for :meth:`check`. If it raises, nothing was acknowledged: send it again.
        """
        context = checked(context, file)
        with self._spooled(file) as spool:
            upload = self._upload(spool, context)
            answer = self._rejected(upload, spool, also) if self._rejects else None
            if answer is None:
                with self.watch.stage("keep"):
                    self.vault.keep(spool)
                answer = self._stored(upload, KeptUpload(vault=self.vault, spool=spool), also)
            self.watch.decided(answer)
            return answer

    def _rejected(self, upload: Upload, spool: Spool, also: Also | None) -> GateReply | None:
        """The answer to an upload that is turned away, looked at before anything of it is kept."""
        answer = reply(upload, self._looked(upload, spool.content()), self.policies.latest)
        if answer.decision is not Action.REJECT:
            return None
        with writing(self.catalog, upload) as connection:
            record_rejection(connection, upload, answer, self.policies.latest, also)
        return answer

    def _upload(self, spool: Spool, context: Context) -> Upload:
        with self.catalog.read() as connection:
            sees = agreements.seen_by(connection, context.agency)
        with self.watch.stage("identify"):
            identity, settled = self._identify(spool.sha256, spool.content(), [context.agency, *sees])
        return Upload(
            sha256=spool.sha256,
            size=spool.size,
            context=context,
            identity=identity,
            settled=settled,
            sees=sees,
        )

    def _looked(self, upload: Upload, content: Openable) -> Look:
        """Look at what is held, comparing until no question is open."""
        while True:
            with self.watch.stage("look"), self.catalog.read() as connection:
                found = look(connection, self._known, upload, self.policies.seen_by(connection))
            if not found.open:
                return found
            self._answer(upload, content, found.open)

    def _stored(self, upload: Upload, kept: KeptUpload, also: Also | None) -> GateReply:
        turn = self._turns[hash(upload.context.agency) % len(self._turns)]
        with contextlib.ExitStack() as turns:
            for attempt in range(ATTEMPTS):
                if attempt == PATIENCE:
                    turns.enter_context(turn)
                with self.watch.stage("store"), turn, writing(self.catalog, upload) as connection:
                    policy = self.policies.seen_by(connection)
                    found = look(connection, self._known, upload, policy)
                    if not found.open:
                        self.watch.candidates(len(found.asked))
                        hold_on(connection, kept)
                        return store(connection, upload, found, policy, also)
                self._answer(upload, kept, found.open)
            # Others are faster every time. What is left open is a person's question.
            with turn, writing(self.catalog, upload) as connection:
                policy = self.policies.seen_by(connection)
                found = look(connection, self._known, upload, policy)
                upload.answers |= {question.key: unfinished() for question in found.open}
                found = look(connection, self._known, upload, policy)
                hold_on(connection, kept)
                return store(connection, upload, found, policy, also)

    def _answer(self, upload: Upload, content: Openable, questions: Sequence[Question]) -> None:
        left = max(0, COMPARISONS - len(upload.answers))
        with self.watch.stage("compare"):
            upload.answers |= self._compare.by_pixels(content, questions[:left])
        upload.answers |= {question.key: unfinished() for question in questions[left:]}

    @contextlib.contextmanager
    def _spooled(self, file: BinaryIO | Path | Spool) -> Iterator[Spool]:
        if isinstance(file, Spool):
            yield file
            return
        with contextlib.ExitStack() as opened:
            spool = opened.enter_context(self.spool())
            source = opened.enter_context(_opened(file)) if isinstance(file, Path) else file
            while chunk := source.read(1 << 20):
                spool.write(chunk)
            yield spool

    def close(self) -> None:
        """Let go of the workers and the catalog. Safe to call twice."""
        self.engine.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise UnreadableError(f"{path} does not exist.", code="vanished") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read ({error.strerror}).", code="no-access") from None
