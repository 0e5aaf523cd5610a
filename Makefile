# make run: set everything up, fill the demo city, serve. make test: all tests.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
SHELL := /bin/sh
ENGLISH := core/translations/en/LC_MESSAGES/messages
READY := $(ENV)/ready $(ENGLISH).mo static/vendor/ready

.PHONY: run test check nightly bench lock translations clean

run: $(READY)
	@$(BIN)/python -m portal.serve

test: $(ENV)/ready-dev $(READY)
	$(BIN)/python -m pytest -n 2 -m "not nightly" tests
	MINGJIAN_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 -m "not nightly" tests

check: $(ENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

nightly: $(ENV)/ready-dev $(READY)
	$(BIN)/python -m pytest -n 2 -m nightly tests

bench: $(ENV)/ready-dev $(READY)
	$(BIN)/python -m bench

$(ENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "明鉴需要 Python 3.11 或更新版本；这里的 $(PYTHON) 是 `$(PYTHON) --version 2>&1`。请用 make run PYTHON=python3.12 这样的写法指定。"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "缺少 Python 的 venv 模块。Debian、Ubuntu 请运行：apt-get install python3-venv"; exit 1; }
	@echo "建立 Python 环境……"
	@$(PYTHON) -m venv $(ENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || echo "装不上 uv，改用 pip（较慢）。"

# uv where it can be had, plain pip otherwise or where uv fails; both insist on the hashes. uv is told of pip's mirror.
define install
	@mirror=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-`$(BIN)/python -m pip config get global.index-url 2>/dev/null`}}; \
	if [ -x $(BIN)/uv ] && UV_SYSTEM_CERTS=true $(BIN)/uv pip install --quiet --python $(BIN)/python \
	  $${mirror:+--default-index "$$mirror"} --require-hashes $(1); then exit 0; fi; \
	[ ! -x $(BIN)/uv ] || echo "uv 没有装成，改用 pip（较慢）……"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(1) || { \
	  echo "依赖没有装成，原因见上。请检查网络和 pip 的源设置（python3 -m pip config list），然后重新运行 make run。"; exit 1; }
endef

$(ENV)/ready: requirements.txt | $(ENV)/bin/uv
	@echo "安装依赖……"
	$(call install,-r requirements.txt)
	@touch $@

$(ENV)/ready-dev: requirements-dev.txt $(ENV)/ready
	@echo "安装测试依赖……"
	$(call install,-r requirements-dev.txt)
	@touch $@

$(ENGLISH).mo: $(ENGLISH).po | $(ENV)/ready
	@$(BIN)/pybabel --quiet compile --directory core/translations

static/vendor/ready: package-lock.json static/scss core/front_end.py $(wildcard static/scss/*) | $(ENV)/ready
	@echo "准备页面样式和脚本……"
	@$(BIN)/python -m core.front_end
	@touch $@

lock:
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

# Collect new sentences; then translate what is empty in core/translations/en/LC_MESSAGES/messages.po.
translations: $(ENV)/ready-dev
	$(BIN)/python -m babel.messages.frontend --quiet extract --mapping core/translations/babel.cfg --keyword _l --sort-by-file --no-location --output core/translations/messages.pot .
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 200 --input-file core/translations/messages.pot --output-dir core/translations
	$(BIN)/pybabel --quiet compile --directory core/translations

clean:
	rm -rf $(ENV) node_modules static/vendor
