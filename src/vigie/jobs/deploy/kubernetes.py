"""Kubernetes: a deployment for each kind of process, on the one node that has the home's disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from vigie.base.errors import SettingsInvalid
from vigie.jobs.deploy.containers import (
    ALIVE,
    READY,
    START_S,
    STOP_S,
    address,
    environment,
    refuse_containers,
)
from vigie.jobs.deploy.plan import Part, Place, Plan, Use

CREDENTIALS, FILES, SETTINGS = "vigie-credentials", "vigie-files", "vigie-settings"
SETTINGS_AT = "/run/vigie-settings"
FOLDERS = (Use.WRITTEN_FOLDER, Use.WRITTEN_FILE, Use.OUTSIDE_FOLDER, Use.READ_FOLDER)
_PERIOD_S = 5
_CPU = {"web": "500m", "jobs": "1", "record": "500m"}


def ground(plan: Plan) -> list[dict[str, Any]]:
    """Return what comes first: name space, account, settings, volumes, closed doors.

    Raises:
        SettingsInvalid: When the processes cannot run in containers.
    """
    refuse_containers(plan)
    if len(PurePosixPath(plan.home).parent.parts) < 2:  # noqa: PLR2004
        raise SettingsInvalid(key="home", reason="a folder within a folder: its volume's")
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _space(plan)}},
        _one(plan, "v1", "ServiceAccount", "vigie", automountServiceAccountToken=False),
        _one(plan, "v1", "ConfigMap", SETTINGS, data={"cluster.toml": plan.told}),
        _claim(plan, "home", plan.settings.deploy.home_gb),
        *(_claim(plan, one.name, _gigabytes(plan, one)) for one in plan.of(*FOLDERS)),
        _closed(plan),
    ]


def processes(plan: Plan) -> list[dict[str, Any]]:
    """Return what runs on the ground: the service and its deployments."""
    web = plan.parts[0]
    found = [_service(plan), *(_deployment(plan, part) for part in plan.parts)]
    if web.count > 1:
        spec = {"minAvailable": 1, "selector": {"matchLabels": _labels("web")}}
        found.append(_one(plan, "policy/v1", "PodDisruptionBudget", "vigie-web", spec=spec))
    return found


def job(plan: Plan, name: str, words: list[str]) -> dict[str, Any]:
    """Return a task that runs once, on the same volumes."""
    spec = _pod(plan, plan.parts[1], words) | {"restartPolicy": "Never"}
    template = {"metadata": {"labels": _labels(name)}, "spec": spec}
    return _one(
        plan, "batch/v1", "Job", f"vigie-{name}", spec={"backoffLimit": 0, "template": template}
    )


def _space(plan: Plan) -> str:
    return plan.settings.deploy.namespace


def _labels(part: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": "vigie", "app.kubernetes.io/component": part}


def _one(plan: Plan, version: str, kind: str, name: str, **told: Any) -> dict[str, Any]:
    about = {"name": name, "namespace": _space(plan), "labels": {"app.kubernetes.io/name": "vigie"}}
    return {"apiVersion": version, "kind": kind, "metadata": about, **told}


def _gigabytes(plan: Plan, place: Place) -> int:
    """Copies of files read lately take what the settings let them, and a little while they come."""
    if place.key == "lake.bucket.cache":
        return 2 + -(-plan.settings.lake.bucket.cache_bytes // 2**30)
    return plan.settings.deploy.other_gb


def _claim(plan: Plan, name: str, gigabytes: int) -> dict[str, Any]:
    storage = plan.settings.deploy.storage_class
    spec = {
        "accessModes": ["ReadWriteOnce"],
        **({"storageClassName": storage} if storage else {}),
        "resources": {"requests": {"storage": f"{gigabytes}Gi"}},
    }
    return _one(plan, "v1", "PersistentVolumeClaim", f"vigie-{name}", spec=spec)


def _service(plan: Plan) -> dict[str, Any]:
    port = {"name": "http", "port": plan.settings.server.port, "targetPort": "http"}
    return _one(plan, "v1", "Service", "vigie", spec={"selector": _labels("web"), "ports": [port]})


def _closed(plan: Plan) -> dict[str, Any]:
    """Nothing is reached but the address of the web processes."""
    spec = {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "vigie"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": plan.settings.server.port}]}],
    }
    return _one(plan, "networking.k8s.io/v1", "NetworkPolicy", "vigie", spec=spec)


def _deployment(plan: Plan, part: Part) -> dict[str, Any]:
    web = part.name == "web"
    words = [*part.words, *(address(plan) if web else [])]
    rolling = {"maxSurge": 1, "maxUnavailable": 0} if web else {"maxSurge": 0, "maxUnavailable": 1}
    strategy: dict[str, Any] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    if part.name == "record":  # two recorders of one camera are one too many
        strategy = {"type": "Recreate"}
    pod = _pod(plan, part, words)
    if web:
        pod["containers"][0] |= _probes(plan)
    spec = {
        "replicas": part.count,
        "strategy": strategy,
        "selector": {"matchLabels": _labels(part.name)},
        "template": {"metadata": {"labels": _labels(part.name)}, "spec": pod},
    }
    return _one(plan, "apps/v1", "Deployment", f"vigie-{part.name}", spec=spec)


def _probes(plan: Plan) -> dict[str, Any]:
    def ask(path: str, times: int) -> dict[str, Any]:
        get = {"path": path, "port": "http"}
        about = {"periodSeconds": _PERIOD_S, "timeoutSeconds": _PERIOD_S, "failureThreshold": times}
        return {"httpGet": get, **about}

    return {
        "ports": [{"name": "http", "containerPort": plan.settings.server.port}],
        "startupProbe": ask(READY, START_S // _PERIOD_S),
        "readinessProbe": ask(READY, 2),
        "livenessProbe": ask(ALIVE, 12),
    }


def _pod(plan: Plan, part: Part, words: list[str]) -> dict[str, Any]:
    uid = plan.settings.deploy.uid
    near = {
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "vigie"}},
        "topologyKey": "kubernetes.io/hostname",
    }
    told = environment(plan) | {"VIGIE_CLUSTER_FILE": f"{SETTINGS_AT}/cluster.toml"}
    return {
        "serviceAccountName": "vigie",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": STOP_S,
        "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [near]}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": uid,
            "runAsGroup": uid,
            "fsGroup": uid,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": part.name,
                "image": plan.settings.deploy.image,
                "command": ["vigie"],
                "args": words,
                "env": [{"name": name, "value": value} for name, value in told.items()],
                "resources": {
                    "requests": {"cpu": _CPU[part.name], "memory": f"{part.memory_mb // 2}Mi"},
                    "limits": {"memory": f"{part.memory_mb}Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": _mounts(plan),
            }
        ],
        "volumes": _volumes(plan),
    }


def _mounts(plan: Plan) -> list[dict[str, Any]]:
    """The home's volume is mounted above it: the root of a volume holds what is not a home's."""
    above = str(PurePosixPath(plan.home).parent)
    return [
        {"name": "home", "mountPath": above},
        *(_folder(one) for one in plan.of(*FOLDERS)),
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
        {"name": "settings", "mountPath": SETTINGS_AT, "readOnly": True},
        *(_file("credentials", one) for one in plan.of(Use.SECRET)),
        *(_file("files", one) for one in plan.of(Use.READ_FILE)),
    ]


def _folder(place: Place) -> dict[str, Any]:
    read_only = {"readOnly": True} if place.use is Use.READ_FOLDER else {}
    return {"name": place.name, "mountPath": place.path, **read_only}


def _file(volume: str, place: Place) -> dict[str, Any]:
    return {"name": volume, "mountPath": place.path, "subPath": place.name, "readOnly": True}


def _volumes(plan: Plan) -> list[dict[str, Any]]:
    def claimed(name: str) -> dict[str, Any]:
        return {"name": name, "persistentVolumeClaim": {"claimName": f"vigie-{name}"}}

    volumes: list[dict[str, Any]] = [
        claimed("home"),
        *(claimed(one.name) for one in plan.of(*FOLDERS)),
        {"name": "tmp", "emptyDir": {"sizeLimit": "20Gi"}},
        {"name": "settings", "configMap": {"name": SETTINGS}},
    ]
    if plan.of(Use.SECRET):
        secret = {"secretName": CREDENTIALS, "defaultMode": 0o440}
        volumes.append({"name": "credentials", "secret": secret})
    if plan.of(Use.READ_FILE):
        volumes.append({"name": "files", "configMap": {"name": FILES}})
    return volumes
