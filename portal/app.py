"""The composition root: the one place that knows every part.

A part adds its line to the lists below: blueprint, outbox handler, sweep, search source. Commands: portal/cli.py.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask

from core import scrubbing
from core.accounts import views as accounts
from core.accounts.permissions import Permission
from core.clock import Clock, SystemClock
from core.config import Settings
from core.database import scrub_after_commit
from core.keys import escrow
from core.ledger.cosigning import AskWitnesses, Witnesses, ask_again
from core.ledger.log import COSIGN
from core.outbox import Delivery, Handler, Job, Sweep, Worker
from core.scrubbing import Scrubber
from core.web import browser_session, health, request_log
from core.web.current import EXTENSION, House
from core.web.shell import create_shell
from intake import (
    attachments,
    department_hooks,
    digest,
    handover,
    identity_requests,
    landmarks,
    notifications,
    saved_drafts,
    shown_statistics,
    succession,
    supervision,
)
from intake.administration import calendar_views as administration
from intake.administration import connection_views as connections
from intake.administration import routing_views as routing
from intake.calls import drafts as calls
from intake.desk import board_views as board
from intake.desk import feed_views as desk_feed
from intake.desk import identity_views as identity
from intake.desk import record_views as record
from intake.desk import reward_views as reward
from intake.desk import search_views as sealed_search
from intake.desk import step_views as steps
from intake.desk import views as desk
from intake.open311 import views as open311
from intake.public import also_views as also
from intake.public import later_views as later
from intake.public import map_views as place_map
from intake.public import sending_views as wizard
from intake.public import statistics_views as statistics
from intake.public import tracking_views as tracking
from intake.timeline import NOTICE as MAIL
from intake.workorders import api_views as work_order_api
from intake.workorders import views as work_orders
from portal import cli, demo, rendering
from portal.completeness import views as completeness
from portal.completeness.kinds import MANIFEST
from portal.demo.air import continue_demo_air
from portal.disclosures import entity_views as entities
from portal.disclosures.machine import record_blueprint, version_blueprint
from portal.disclosures.search_source import RecordSource
from portal.disclosures.views import public_blueprint
from portal.editorial import attachment_views as draft_files
from portal.editorial import consultation_views as consultations
from portal.editorial import draft_views as editorial
from portal.editorial import redaction_views as redaction
from portal.editorial import review_views as review
from portal.enforcement import repair_views as repair
from portal.enforcement.kinds import BLACKLIST, PENALTY
from portal.home import views as home
from portal.key_uses.kinds import KEY_USE
from portal.key_uses.operations import publish_use
from portal.ledger import views as ledger
from portal.monitoring import views as air
from portal.monitoring.landmarks import stations
from portal.notices.kinds import NOTICE
from portal.opendata import embeds, followers, sitemap, websub
from portal.opendata import views as feeds
from portal.opendata.api import views as api
from portal.opendata.downloads import packages
from portal.opendata.downloads import views as downloads
from portal.opendata.freshness import Freshness
from portal.pages.source import PageSource
from portal.publishing import consulting, due_days, endings, scheduling
from portal.publishing.erasing import SCRUB
from portal.publishing.erasing import TABLES as ERASED_TABLES
from portal.publishing.ledger import disclosure_log
from portal.publishing.mail import CONSULTATION_MAIL, send_consultation_mail
from portal.publishing.operations import CHANGED
from portal.publishing.queries import past_term
from portal.release import agreement_views as agreements
from portal.release import desk_views as release_desk
from portal.release import views as release
from portal.storage import views as storage
from portal.submissions import key_views as submission_keys
from portal.submissions import views as submissions
from portal.subscriptions import jobs as subscription_jobs
from portal.subscriptions import views as subscriptions
from portal.subscriptions.matching import expect
from search import service as search_service
from search import views as search
from search.document import SearchSource
from search.stores.models import SLOTS

KINDS = (PENALTY, BLACKLIST, NOTICE, MANIFEST, KEY_USE)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    accounts.blueprint,
    home.blueprint,
    air.blueprint,
    *(public_blueprint(kind) for kind in KINDS),
    *(version_blueprint(kind) for kind in KINDS),
    editorial.blueprint,
    review.blueprint,
    release.blueprint,
    release_desk.blueprint,
    consultations.blueprint,
    redaction.blueprint,
    draft_files.blueprint,
    repair.blueprint,
    completeness.blueprint,
    completeness.public_files,
    *(record_blueprint(kind) for kind in (MANIFEST, KEY_USE)),
    search.blueprint,
    entities.blueprint,
    feeds.blueprint,
    api.blueprint,
    submissions.blueprint,
    submission_keys.blueprint,
    downloads.blueprint,
    sitemap.blueprint,
    embeds.blueprint,
    subscriptions.blueprint,
    storage.blueprint,
    agreements.blueprint,
    ledger.blueprint,
    wizard.blueprint,
    also.blueprint,
    place_map.blueprint,
    later.blueprint,
    tracking.blueprint,
    record.blueprint,
    work_orders.blueprint,
    work_order_api.blueprint,
    desk_feed.blueprint,
    board.blueprint,
    statistics.blueprint,
    open311.blueprint,
    identity.blueprint,
    reward.blueprint,
    sealed_search.blueprint,
    desk.blueprint,
    steps.blueprint,
    administration.blueprint,
    routing.blueprint,
    connections.blueprint,
)

# Where whoever signs in finds their work; the first that they may.
HOMES = (
    (Permission.DRAFT_DISCLOSURE, "/editorial"),
    (Permission.REVIEW_DISCLOSURE, "/editorial"),
    (Permission.HANDLE_REPORT, "/desk"),
    (Permission.SUPERVISE_REPORTS, "/desk"),
    (Permission.RECORD_REPORT, "/desk"),
    (Permission.OPEN_IDENTITY, "/desk/identity"),
)

# Where words lie that may have to leave the files; the search index keeps its own in SQL, unless it is Whoosh's.
SCRUBBER = Scrubber(
    (
        *ERASED_TABLES,
        *saved_drafts.TABLES,
        *(f"search_{name}_{slot}" for name in ("postings", "words", "document", "content") for slot in SLOTS),
    )
)

SOURCES = tuple(RecordSource(kind) for kind in KINDS)

SWEEPS: tuple[Sweep, ...] = (
    Sweep("sessions.forget_expired", timedelta(hours=1), browser_session.forget_expired),
    *saved_drafts.SWEEPS,
    Sweep("intake.abandoned_files", timedelta(hours=1), attachments.sweep_abandoned),
    Sweep("intake.shown_statistics", timedelta(minutes=20), shown_statistics.keep),
    Sweep("publishing.past_term", timedelta(minutes=10), endings.sweep_past_term),
    Sweep("publishing.due_days", timedelta(hours=1), due_days.sweep),
    *supervision.SWEEPS,
    *succession.SWEEPS,
    *digest.SWEEPS,
    *identity_requests.SWEEPS,
    *calls.SWEEPS,
    Sweep("storage.scrub", timedelta(hours=1), lambda job: scrub_after_commit(job.session)),
    Sweep("storage.files", scrubbing.EVERY, SCRUBBER.sweep, is_long=True),
    Sweep("ledger.witnesses", timedelta(minutes=5), ask_again),
    Sweep("publishing.scheduled", timedelta(seconds=30), scheduling.find_due),
    Sweep("publishing.consultations", timedelta(minutes=10), consulting.remind_and_escalate),
    Sweep("opendata.packages", timedelta(minutes=1), packages.make_due, is_long=True),
    *subscription_jobs.SWEEPS,
    Sweep("monitoring.demo_air", timedelta(minutes=10), continue_demo_air),
)


def _refresh_search(job: Job) -> None:
    job.services["search"].refresh(job)


def _scrub(job: Job) -> None:
    """After an erasure: what was deleted must leave the files too; from the database's by the sweep that follows."""
    job.services["search"].store.scrub(job.session)
    packages.remove_stale(job)
    scrubbing.expect(job.session, job.now)
    scrub_after_commit(job.session)


def _changed(job: Job) -> None:
    """Whoever follows the published records hears of each change."""
    followers.tell(job)
    expect(job)


HANDLERS: Mapping[str, Handler | Delivery[Any, Any]] = {
    search_service.REFRESH: _refresh_search,
    MAIL: notifications.send_notice,
    digest.DIGEST: digest.Digest(),
    department_hooks.HOOK: department_hooks.DepartmentTelling(),
    SCRUB: _scrub,
    supervision.RECOUNT: supervision.sweep_recount,
    CHANGED: _changed,
    **subscription_jobs.HANDLERS,
    websub.PING: websub.Ping(),
    scheduling.PUBLISH_SCHEDULED: scheduling.publish_scheduled,
    CONSULTATION_MAIL: send_consultation_mail,
    COSIGN: AskWitnesses(),
}


landmarks.register("stations", stations)


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    request_log.configure()
    app = create_shell(settings or Settings.from_environ(), clock or SystemClock())
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(subscriptions.stop)  # RFC 8058: a mail program posts it, with the token in the path
    app.extensions["csrf"].exempt(open311.file)  # an app posts it with its key, and no cookie counts
    app.extensions["csrf"].exempt(work_order_api.blueprint)  # as well
    app.extensions["csrf"].exempt(submissions.blueprint)  # and this
    house: House = app.extensions[EXTENSION]
    sources: tuple[SearchSource, ...] = (*SOURCES, PageSource(app))
    app.extensions["search"] = search_service.build(house.settings, house.database, sources, past_term)
    app.extensions["freshness"] = Freshness(house.database.version.mark)
    app.extensions["log"] = disclosure_log(house.settings)
    app.extensions[accounts.HOMES] = HOMES
    app.extensions[accounts.DEMO_ACCOUNTS] = demo.offered_accounts
    app.extensions[accounts.WELCOMES] = (handover.settle,)
    app.extensions[escrow.TELLS] = partial(publish_use, log=app.extensions["log"])
    app.extensions[tracking.DEMO_RECEIPTS] = demo.offered_receipts
    app.extensions["scrubber"] = SCRUBBER
    app.extensions["create_worker"] = lambda: create_worker(app)
    rendering.install(app, SOURCES)
    cli.install(app)
    return app


def services(app: Flask) -> dict[str, Any]:
    """What jobs need beside the database."""
    house: House = app.extensions[EXTENSION]
    log = app.extensions["log"]
    witnesses = Witnesses(house.database, log, house.clock)
    return {"search": app.extensions["search"], "log": log, "witnesses": witnesses}


def create_worker(app: Flask) -> Worker:
    house: House = app.extensions[EXTENSION]
    return Worker(
        house.database,
        settings=house.settings,
        clock=house.clock,
        handlers=HANDLERS,
        sweeps=SWEEPS,
        services=services(app),
    )
