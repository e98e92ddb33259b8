"""Sign-in on the screens: every page calls `require` first, which stops the page for a visitor without access."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from core.i18n.translations import Language, translate
from core.settings import Settings
from core.web.login_redirect import CALLBACK, FAILED, HOURS
from pages.components import resources
from pages.components.messages import plain
from pages.components.session import session, visit_contents


def streamlit_secrets(settings: Settings) -> dict[str, Any] | None:
    """The secrets for Streamlit's sign-in, which are never written to disk; None without sign-in."""
    if not settings.sign_in:
        return None
    return {
        "auth": {
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret,
            "server_metadata_url": settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            "redirect_uri": settings.origin + CALLBACK,
            "cookie_secret": settings.cookie_secret,
        }
    }


def has_access() -> bool:
    """Whether this visitor may see clients: always without sign-in, else if signed in less than HOURS ago."""
    if not resources.settings().sign_in:
        return True
    since = st.user.get("iat")
    return (
        st.user.get("is_logged_in") is True
        and not _has_signed_out()
        and isinstance(since, int | float)
        and time.time() - float(since) < HOURS * 3600
    )


def _has_signed_out() -> bool:
    """Whether this sign-in was ended, on this page or on another with the same cookie."""
    return resources.sign_outs().has_ended(st.context.cookies)


def require() -> None:
    """Stop the page with the sign-in screen if the visitor has no access; every page calls it first.

    With access the visit begins: from now on it accepts uploads.
    """
    name, failed = FAILED
    if has_access():
        st.query_params.pop(name, None)
        visit_contents()
        return
    language = session().language
    st.header(translate("sign_in.title", language), anchor=False)
    st.markdown(translate("sign_in.how", language))
    if st.query_params.get(name) == failed:
        st.error(translate("sign_in.failed", language), icon=":material/error:")
    st.button(translate("sign_in.button", language), icon=":material/login:", type="primary", on_click=st.login)
    st.stop()


def show_user(language: Language) -> None:
    """Draw the name of the signed-in person and the sign-out button, in the sidebar."""
    if not resources.settings().sign_in:
        return
    name = next((str(st.user[key]) for key in ("name", "email", "sub") if st.user.get(key)), "")
    st.caption(translate("sign_in.who", language, name=plain(name[:80])))
    st.button(translate("sign_in.out", language), icon=":material/logout:", width="stretch", on_click=st.logout)
