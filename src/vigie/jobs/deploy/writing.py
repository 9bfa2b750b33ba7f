"""The files themselves, and the order in which an upgrade goes: one shell script for each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from vigie.jobs.deploy.compose import compose
from vigie.jobs.deploy.kubernetes import CREDENTIALS, FILES, ground, job, processes
from vigie.jobs.deploy.plan import Plan, Use
from vigie.jobs.deploy.units import by_hand, instances, units
from vigie.jobs.deploy.yaml_text import yaml_text

HEAD = """\
#!/bin/sh
# Upgrade Vigie, after the new program is installed. Written by `vigie deploy`; nothing here is
# secret. Where a home of the new release is written as before, processes are started again one
# after the other. Otherwise all stop, the home is brought up to date, all start:
# take a copy first (`vigie backup FOLDER`, the desk is in it) and say so: sh upgrade.sh desk-copied
set -eu
"""
UNCOPIED = """\
if [ "${1:-}" != desk-copied ]; then
  echo "The home is older, or cannot be read (systemd: journalctl -u vigie-check says which)." >&2
  echo "To bring it up to date take a copy, then: sh upgrade.sh desk-copied" >&2
  exit 2
fi
"""


def systemd_files(plan: Plan) -> dict[str, str]:
    """Return every unit, and the order of an upgrade."""
    running = [name for part in plan.parts for name in instances(part)]
    script = [
        f"{HEAD}systemctl daemon-reload",
        "if systemctl start vigie-check.service; then",
        "  # each says when it is ready; what connects meanwhile waits at the socket",
        *(f"  systemctl restart {name}" for name in running),
        "  exit 0",
        "fi",
        f"{UNCOPIED}systemctl stop vigie.socket {' '.join(running)}",
        "systemctl start vigie-upgrade.service",
        "systemctl start vigie.target",
        "",
    ]
    return units(plan) | {"vigie.sh": by_hand(plan), "upgrade.sh": "\n".join(script)}


def compose_files(plan: Plan) -> dict[str, str]:
    """Return the compose file, and the order of an upgrade."""
    names = [part.name for part in plan.parts]
    above = PurePosixPath(plan.home).parent
    run = f"docker compose run --rm --no-deps --volume {above}:{above} jobs upgrade"
    script = [
        f"{HEAD}if {run} --check; then",
        "  # the web container is replaced by another: until that is ready nobody answers",
        *(f"  docker compose up --detach --wait --no-deps {name}" for name in names),
        "  exit 0",
        "fi",
        f"{UNCOPIED}docker compose stop {' '.join(names)}",
        f"{run} --desk-copied",
        "docker compose up --detach --wait",
        "",
    ]
    return {"compose.yaml": yaml_text(compose(plan)), "upgrade.sh": "\n".join(script)}


def kubernetes_files(plan: Plan) -> dict[str, str]:
    """Return the manifests, how secrets are handed over, first start and upgrade."""
    return {
        "ground.yaml": "---\n".join(yaml_text(one) for one in ground(plan)),
        "credentials.sh": _credentials(plan),
        "init.yaml": yaml_text(job(plan, "init", ["init"])),
        "vigie.yaml": "---\n".join(yaml_text(one) for one in processes(plan)),
        "upgrade.yaml": yaml_text(job(plan, "upgrade", ["upgrade", "--desk-copied"])),
        "upgrade.sh": _kubernetes_upgrade(plan),
    }


def _credentials(plan: Plan) -> str:
    """Where secrets and files are read from; what they hold is in no text of ours."""
    at = f"kubectl --namespace {plan.settings.deploy.namespace} create"
    lines = [
        "#!/bin/sh",
        "# Hand over what the settings name, from the same places here.",
        "set -eu",
    ]
    for kind, name, places in (
        ("secret generic", CREDENTIALS, plan.of(Use.SECRET)),
        ("configmap", FILES, plan.of(Use.READ_FILE)),
    ):
        if places:
            lines.append(f"{at} {kind} {name} \\")
            lines += [f"  --from-file={one.name}={one.path} \\" for one in places]
            lines[-1] = lines[-1].removesuffix(" \\")
    return "\n".join([*lines, ""])


def _kubernetes_upgrade(plan: Plan) -> str:
    at = f"kubectl --namespace {plan.settings.deploy.namespace}"
    names = [f"vigie-{part.name}" for part in plan.parts]
    them = ", ".join(part.name for part in plan.parts)
    scale = [
        f"{at} scale deployment {' '.join(names)} --replicas=0",
        f"{at} wait --for=delete pod --timeout=180s \\",
        f"  --selector 'app.kubernetes.io/component in ({them})'",
    ]
    waits = [f"{at} rollout status deployment/{name} --timeout=600s" for name in names]
    script = [
        f"{HEAD}# In Kubernetes an older home shows in a roll-out that does not get ready: the",
        "# processes of the new release refuse it, those of the old one go on answering.",
        'if [ "${1:-}" != desk-copied ]; then',
        "  kubectl apply --filename ground.yaml --filename vigie.yaml",
        *(f"  {line}" for line in waits),
        "  exit 0",
        "fi",
        *scale,
        f"{at} delete job vigie-upgrade --ignore-not-found",
        "kubectl apply --filename ground.yaml --filename upgrade.yaml",
        f"{at} wait --for=condition=complete --timeout=3600s job/vigie-upgrade",
        "kubectl apply --filename vigie.yaml",
        *waits,
        "",
    ]
    return "\n".join(script)


KINDS: dict[str, Callable[[Plan], dict[str, str]]] = {
    "systemd": systemd_files,
    "compose": compose_files,
    "kubernetes": kubernetes_files,
}


def write_files(plan: Plan, kind: str, folder: Path) -> list[Path]:
    """Write every file of a kind into a folder, made when absent; returns them.

    Raises:
        SettingsInvalid: When the settings do not allow for this kind.
    """
    texts = KINDS[kind](plan)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]
