"""The peer for pages: Flask with one Jinja template of fifty table rows, no database, under the same gunicorn."""

from flask import Flask, render_template_string

app = Flask(__name__)
ROWS = [(number, f"许昌某某环境检测有限公司{number}", "许环罚决字〔2026〕", "2026-11-23") for number in range(50)]
PAGE = """<!DOCTYPE html><title>peer</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>
{% endfor %}</tr>{% endfor %}</table>"""


@app.get("/")
def page() -> str:
    return render_template_string(PAGE, rows=ROWS)


@app.get("/healthz")
def alive() -> str:
    return "alive"
