"""Who looks: where sign-in is set up, every page asks here first, and nothing of it is drawn for a stranger."""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

from core.i18n.translations import Language, translate
from core.settings import Settings
from core.web.login_redirect import CALLBACK, FAILED, HOURS
from pages.components import resources
from pages.components.messages import plain
from pages.components.session import session


def streamlit_secrets(settings: Settings) -> Mapping[str, Mapping[str, str]] | None:
    """What Streamlit wants to know for sign-in, held in memory alone; None where there is none."""
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


def may_look() -> bool:
    """Whether clients may be shown: to everybody without sign-in, else to who signed in less than HOURS ago."""
    if not resources.settings().sign_in:
        return True
    since = st.user.get("iat")
    return (
        st.user.get("is_logged_in") is True
        and isinstance(since, int | float)
        and time.time() - float(since) < HOURS * 3600
    )


def require() -> None:
    """The first line of every page: a stranger gets the sign-in screen, and the page ends here."""
    name, failed = FAILED
    if may_look():
        st.query_params.pop(name, None)
        return
    language = session().language
    st.header(translate("sign_in.title", language), anchor=False)
    st.markdown(translate("sign_in.how", language))
    if st.query_params.get(name) == failed:
        st.error(translate("sign_in.failed", language), icon=":material/error:")
    st.button(translate("sign_in.button", language), icon=":material/login:", type="primary", on_click=st.login)
    st.stop()


def show_who(language: Language) -> None:
    """In the sidebar: who is signed in, and the way out."""
    if not resources.settings().sign_in:
        return
    name = next((str(st.user[key]) for key in ("name", "email", "sub") if st.user.get(key)), "")
    st.caption(translate("sign_in.who", language, name=plain(name[:80])))
    st.button(translate("sign_in.out", language), icon=":material/logout:", width="stretch", on_click=st.logout)
