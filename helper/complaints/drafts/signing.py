"""The user's own name, telephone and address, put into a document only as it goes out.

A kept draft has blanks for them, and what anybody may read never gets them.
"""

from __future__ import annotations

from helper.complaints.documents import document, laid_out
from helper.complaints.drafts.publishing import is_public
from helper.model import Draft, Sentence
from helper.vault.identity import Identity

_ID_CARD = "居民身份证 "


def signed(draft: Draft, identity: Identity) -> Draft:
    """Return a draft with its blanks for the user filled in, as far as he told of himself.

    The contact of its form is what the shop knows from the order; where that is not whole it is
    the user's telephone, else e-mail.
    """
    if is_public(draft) or identity == Identity():
        return draft
    blanks = _blanks(identity)
    sentences = tuple(_filled(one, blanks) for one in draft.sentences)
    fields, own = dict(draft.fields), identity.phone or identity.email
    if own and ("contact" not in fields or "*" in fields["contact"]):
        fields["contact"] = own
    of = document(draft.channel, draft.document)
    text = draft.text if sentences == draft.sentences else laid_out(of, sentences)
    return draft.model_copy(update={"sentences": sentences, "text": text, "fields": fields})


def own_values(identity: Identity) -> tuple[str, ...]:
    """Return what of the user no public text may show."""
    return tuple(value for _, value in identity if value)


def _blanks(identity: Identity) -> dict[str, str]:
    """Return what stands where; a bare 〔号码〕 may be that of a card and stays."""
    found = {
        "〔姓名〕": identity.name,
        "〔电话〕": identity.phone,
        "电话〔号码〕": identity.phone and f"电话{identity.phone}",
        "〔地址〕": identity.address,
        "〔身份证件〕": identity.id_number and _ID_CARD + identity.id_number,
    }
    return {blank: value for blank, value in found.items() if value}


def _filled(sentence: Sentence, blanks: dict[str, str]) -> Sentence:
    if not sentence.stated or "〔" not in sentence.text:
        return sentence
    told = sentence.text
    for blank, value in blanks.items():
        told = told.replace(blank, value)
    return sentence.model_copy(update={"text": told})
