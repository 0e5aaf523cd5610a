"""Subscribe, confirm, leave; and the administrator's look at what is not getting through."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core import audit
from core.accounts.permissions import Permission
from core.errors import NotFound
from core.outbound import OutboundError, target
from core.web import current
from core.web.access import permit, public
from core.web.forms import Form
from core.web.languages import chosen
from core.web.limits import limiter
from core.web.shell import quiet_response
from portal.subscriptions import operations, queries, questions
from portal.subscriptions.addresses import AddressBook, Recipient
from portal.subscriptions.delivery import address_book
from portal.subscriptions.forms import EmailForm, WebhookForm
from portal.subscriptions.models import Subscription

FIELDS = ("csrf_token", "email", "cadence", "url")

blueprint = Blueprint("subscriptions", __name__)


@blueprint.route("/subscriptions/new", methods=["GET", "POST"])
@public
@limiter.limit("30 per minute", methods=["POST"])
def by_email() -> ResponseReturnValue:
    form, question = EmailForm(), _question()
    if current.settings().smtp_url is not None and form.validate_on_submit():
        _ask("email", form.email.data or "", question, cadence=form.cadence.data or "daily")
        return redirect("/subscriptions/asked")
    return render_template("portal/subscriptions/by_email.html", form=form, **_said(question))


@blueprint.get("/subscriptions/asked")
@public
def asked() -> str:
    return render_template("portal/subscriptions/asked.html")


@blueprint.route("/subscriptions/webhook", methods=["GET", "POST"])
@public
@limiter.limit("10 per minute", methods=["POST"])
def by_webhook() -> ResponseReturnValue:
    """The secret is in this one answer and never shown again, so it is an answer and no redirect."""
    form, question = WebhookForm(), _question()
    if form.validate_on_submit() and _may_be_called(form):
        made = _ask("webhook", form.url.data or "", question, cadence="at_once")
        if made is not None:
            subscription, whom = made
            stop = f"/subscriptions/{subscription.id}/stop/{_book().token('stop', subscription.id)}"
            page = render_template(
                "portal/subscriptions/webhook_made.html", url=whom.to, secret=whom.secret, stop=stop, **_said(question)
            )
            return quiet_response(make_response(page))
        form.url.errors = [_("这个网址已经订阅了同样的内容，或还有几个订阅没有验证。")]
    return render_template("portal/subscriptions/by_webhook.html", form=form, **_said(question))


@blueprint.route("/subscriptions/<subscription_id>/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(subscription_id: str, token: str) -> ResponseReturnValue:
    """A click on a button confirms, not the opening of the address: mail scanners open addresses."""
    _must_fit(token, "confirm", subscription_id)
    subscription = current.session().get(Subscription, subscription_id)
    if subscription is None:
        page = render_template("portal/subscriptions/ended.html", is_unknown=True)
        return quiet_response(make_response(page))
    if request.method == "POST" and Form().validate_on_submit():
        operations.confirm(current.session(), subscription, at=current.now())
    page = render_template(
        "portal/subscriptions/confirm.html", form=Form(), subscription=subscription, **_said(subscription.question)
    )
    return quiet_response(make_response(page))


@blueprint.route("/subscriptions/<subscription_id>/stop/<token>", methods=["GET", "POST"])
@public
def stop(subscription_id: str, token: str) -> ResponseReturnValue:
    """One click (RFC 8058): a POST needs nothing but the address, so that mail programs can do it by themselves."""
    _must_fit(token, "stop", subscription_id)
    if request.method == "POST":
        operations.end(current.session(), subscription_id)
    subscription = current.session().get(Subscription, subscription_id)
    if subscription is None:
        page = render_template("portal/subscriptions/ended.html", is_unknown=False)
    else:
        page = render_template("portal/subscriptions/stop.html", **_said(subscription.question))
    return quiet_response(make_response(page))


@blueprint.get("/admin/subscriptions")
@permit(Permission.SEE_DELIVERIES)
def overview() -> str:
    book, session = _book(), current.session()
    return render_template(
        "portal/subscriptions/overview.html",
        form=Form(),
        counts=queries.counts(session),
        standings=[
            (one, _host(book, one.subscription), " · ".join(questions.parts(one.subscription.question)))
            for one in queries.troubled(session)
        ],
        has_mail=current.settings().smtp_url is not None,
    )


@blueprint.post("/admin/subscriptions/<subscription_id>/resume")
@permit(Permission.SEE_DELIVERIES)
def resume(subscription_id: str) -> ResponseReturnValue:
    subscription = current.session().get(Subscription, subscription_id)
    if subscription is None:
        raise NotFound
    operations.resume(current.session(), subscription, at=current.now())
    _note("subscription.resume", subscription_id)
    flash(_("已重新开始投递。"), "good")
    return redirect("/admin/subscriptions")


@blueprint.post("/admin/subscriptions/<subscription_id>/end")
@permit(Permission.SEE_DELIVERIES)
def end(subscription_id: str) -> ResponseReturnValue:
    operations.end(current.session(), subscription_id)
    _note("subscription.end", subscription_id)
    flash(_("这个订阅已删除。"), "good")
    return redirect("/admin/subscriptions")


def _ask(channel: str, to: str, question: str, *, cadence: str) -> tuple[Subscription, Recipient] | None:
    return operations.ask(
        current.session(),
        _book(),
        channel=channel,
        to=to.strip(),
        question=question,
        cadence=cadence,
        language=chosen(),
        at=current.now(),
    )


def _question() -> str:
    return questions.saved({name: value for name, value in request.args.items() if name not in FIELDS})


def _said(question: str) -> dict[str, str]:
    return {"question": question, "words": " · ".join(questions.parts(question)) or _("全部公开事项")}


def _may_be_called(form: WebhookForm) -> bool:
    """Refuse at once what would be refused later, with the reason."""
    reasons = {
        "private_address": _("这个网址指向内部网络，不能使用。"),
        "unknown_host": _("找不到这个网址的主机，请检查拼写。"),
    }
    try:
        target(form.url.data or "", allowed=current.settings().webhook_private_hosts)
    except OutboundError as error:
        form.url.errors = [reasons.get(error.problem, _("网址的写法不对，应像 https://example.cn/hook。"))]
        return False
    return True


def _must_fit(token: str, purpose: str, subscription_id: str) -> None:
    if not _book().fits(token, purpose, subscription_id):
        raise NotFound


def _book() -> AddressBook:
    return address_book(current.settings())


def _host(book: AddressBook, subscription: Subscription) -> str:
    """Where a webhook goes; of an e-mail subscriber nothing."""
    if subscription.channel != "webhook":
        return ""
    return urlsplit(book.unseal(subscription.sealed, subscription.id).to).hostname or ""


def _note(action: str, subscription_id: str) -> None:
    subject = f"subscription:{subscription_id}"
    audit.record(current.session(), actor=current.actor(), action=action, subject=subject, at=current.now())
