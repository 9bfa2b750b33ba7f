"""The answer about a session, and the cookie that goes with it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from vigie.desk.roles import ROLE_TITLES, permissions_of
from vigie.desk.sessions import OPEN, Account, Grant, SignedIn
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.demonstration import demo_accounts
from vigie.situation.home import Home
from vigie.situation.rights import OWN_ROLE, VIEWERS
from vigie.situation.sign_in import second_factor_required
from vigie.web.answers.base import Texts
from vigie.web.answers.session import AccountAnswer, DemoAccount, FactorAnswer, SessionAnswer
from vigie.web.cookies import give_session


def _views_as(home: Home, account: Account) -> list[str]:
    """Return the other roles that may use the console; a partner's sight needs a service."""
    if account.role not in VIEWERS:
        return []
    roles = home.rights.charter.who_may(Verb.CONSULT, "charter")
    return sorted(set(roles) - {account.role, OWN_ROLE})


def _account(home: Home, account: Account, view_as: str, purpose: str) -> AccountAnswer:
    charter = home.rights.charter
    scope = home.desk.scopes.of_account(account.account_id) if account.role == OWN_ROLE else None
    permissions = permissions_of(charter, account.role, purpose)
    if view_as:
        caller = Caller(account.login, account.role, account.account_id, view_as=view_as)
        home.rights.ask(caller, "charter", subject={"session": True})
        permissions &= permissions_of(charter, view_as)
    return AccountAnswer(
        login=account.login,
        name=account.name,
        role=account.role,
        role_title=Texts(**ROLE_TITLES[account.role]),
        permissions=sorted(permissions),
        purposes=[str(one) for one in charter.roles.get(account.role, ())],
        view_as=view_as or None,
        views_as=_views_as(home, account),
        must_change_password=account.must_change_password,
        language=account.language,
        heads=scope.partner if scope is not None and scope.head else None,
    )


def _factor(home: Home, account: Account) -> FactorAnswer:
    state = home.desk.second_factors.state(account.account_id)
    return FactorAnswer(
        required=second_factor_required(home.settings, account.role),
        confirmed=state.confirmed,
        codes_left=state.codes_left,
    )


def session_answer(
    home: Home, session: SignedIn | None, view_as: str = "", purpose: str = ""
) -> SessionAnswer:
    """Return what the console may know: of a half session, only what is missing.

    Args:
        home: The home.
        session: The session, or None.
        view_as: Role to see as, within one's own rights; empty for one's own.
        purpose: What for; empty for any purpose of the role.

    Raises:
        Forbidden: The account may not see as another role.
    """
    shown = demo_accounts(home.desk, home.settings) if session is None else []
    whole = session is not None and session.stage == OPEN
    return SessionAnswer(
        account=_account(home, session.account, view_as, purpose)
        if session is not None and whole
        else None,
        stage="none" if session is None else session.stage,
        second_factor=_factor(home, session.account) if session is not None and whole else None,
        provider=Texts(fr=home.settings.oidc.title_fr, en=home.settings.oidc.title_en)
        if home.settings.oidc.issuer
        else None,
        csrf=None if session is None else session.csrf,
        demo=home.settings.demo,
        demo_accounts=[
            DemoAccount(
                login=one.login,
                password=one.password,
                role=one.role,
                role_title=Texts(**ROLE_TITLES[one.role]),
            )
            for one in shown
        ],
        city=home.settings.city.name,
        languages=list(home.settings.city.languages),
    )


def opened(home: Home, request: Request, response: Response, grant: Grant) -> SessionAnswer:
    """Give the browser a session and return the answer about it."""
    give_session(request, response, grant.secret)
    return session_answer(home, grant.session)
