"""What the user tells of a case: checked, kept in one transaction, with what is unlikely in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helper.complaints.course import told
from helper.dealings import Dealing
from helper.messages import Language
from helper.model import CaseView, Filing
from helper.vault.catalogue import Catalogue


@dataclass(frozen=True)
class Told:
    """The case after it was told something, which `entry_id` takes back; sentences of warning."""

    case: CaseView
    entry_id: str
    warnings: tuple[str, ...] = ()


def tell(vault: Catalogue, case_id: str, what: Dealing, now: datetime, language: Language) -> Told:
    """Keep a contact, an answer, a refund, a party or answers to questions.

    Raises NotFoundError and InvalidError, see `told.checked`.
    """
    kept = vault.add_entry(case_id, told.checked(vault.case(case_id), what, now), now)
    case = vault.case(case_id)
    return Told(case, kept.entry_id, told.doubts(case, kept, language))


def file(vault: Catalogue, case_id: str, filing: Filing, now: datetime) -> Told:
    """Keep that the user filed a complaint: the draft in the channel's form, where there is one.

    Raises NotFoundError and InvalidError.
    """
    case = vault.case(case_id)
    filing = told.checked_filing(case, filing, now)
    if not filing.draft_id:
        draft_id = told.filled_for(case, filing, vault.drafts_of(case_id))
        filing = filing.model_copy(update={"draft_id": draft_id})
    kept = vault.add_filing(case_id, filing)
    return Told(vault.case(case_id), kept.filing_id)
