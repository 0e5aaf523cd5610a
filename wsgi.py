"""The application that gunicorn and the flask command load; a setting that cannot be used ends it with a sentence."""

import sys

from core.config import ConfigError, Settings
from portal.app import create_app
from portal.setup import make_keys

try:
    settings = Settings.from_environ()
    if sys.argv[-1:] == ["setup"]:
        make_keys(settings)  # the very first command: there are no keys yet
    app = create_app(settings)
except ConfigError as error:
    sys.exit(f"明鉴没有启动：{error}")
