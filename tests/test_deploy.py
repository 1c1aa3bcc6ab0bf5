"""The image, the compose file and the manifests of Kubernetes, as far as they can be judged without an engine."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from asura.app import STOP_WITHIN_S
from asura.cli.root import COMMANDS
from asura.settings import load

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
MANIFESTS = ROOT / "deploy" / "kubernetes"
# Custom resources, whose schemas are not those of Kubernetes.
CUSTOM = {"ServiceMonitor"}


def passes(program: str, *arguments: str) -> None:
    """A linter of the environment finds nothing."""
    done = subprocess.run(
        [PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def instructions() -> Iterator[tuple[str, str]]:
    """Yield each instruction of the Dockerfile's last stage, as (word, rest)."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    last = text[text.rindex("FROM ") :]
    for line in filter(None, map(str.strip, last.splitlines())):
        word, _, rest = line.partition(" ")
        yield word, rest.strip()


def of_image(word: str) -> str:
    """Return what an instruction of the last stage says."""
    return next(rest for found, rest in instructions() if found == word)


def image_variables() -> dict[str, str]:
    """Return the variables of asura that the image sets."""
    pairs = (part.split("=", 1) for part in shlex.split(of_image("ENV")))
    return {name: value for name, value in pairs if name.startswith("ASURA_")}


def test_the_image_is_built_as_one_should_be_and_starts_what_is_there() -> None:
    passes("hadolint", "Dockerfile")
    assert of_image("USER") == "10001:10001"
    assert of_image("VOLUME") == '["/data"]'
    assert '"asura", "health"' in of_image("HEALTHCHECK") and "health" in COMMANDS
    loaded = load(env=image_variables())
    assert not loaded.warnings
    assert (str(loaded.settings.server.data), loaded.settings.server.address) == ("/data", ("", 8090))


def test_the_build_is_given_what_it_needs_and_nothing_that_is_private() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    given = {line[1:] for line in lines if line.startswith("!")}
    assert given == {"asura", "ui", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE"}
    assert all((ROOT / name).exists() for name in given)


def test_the_compose_file_is_valid_and_its_containers_can_do_no_more_than_they_need() -> None:
    passes("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["probe"]["profiles"] == ["probe"]
    for name, service in services.items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert any(place.startswith("/tmp:") for place in service["tmpfs"]), name
        # What is written ${NAME:-default} is the default here; the empty ones have to be good too.
        given = {key: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for key, value in service["environment"].items()}
        given |= {"ASURA_KEY": "k" * 40} if name == "probe" else {}
        loaded = load(env=image_variables() | given)
        assert not loaded.warnings and loaded.settings.mode == ("probe" if name == "probe" else "primary")
    assert int(services["asura"]["stop_grace_period"].removesuffix("s")) > STOP_WITHIN_S + 2


# Kubernetes


def kustomized(folder: Path) -> list[dict[str, Any]]:
    """Return all objects that a kustomization names; each file that it names has to be there."""
    said = yaml.safe_load((folder / "kustomization.yaml").read_text())
    found: list[dict[str, Any]] = []
    for name in said["resources"]:
        place = (folder / name).resolve()
        found += kustomized(place) if place.is_dir() else yaml.safe_load_all(place.read_text())
    for made in said.get("configMapGenerator", ()):
        content = {file: (folder / file).read_text() for file in made["files"]}
        found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": made["name"]}, "data": content})
    return found


def everything() -> list[dict[str, Any]]:
    """Return the objects of the overlay with a probe, which are those of all kustomizations, and the examples."""
    examples = sorted((MANIFESTS / "examples").glob("*.yaml"))
    return kustomized(MANIFESTS / "with-probe") + [yaml.safe_load(path.read_text()) for path in examples]


def pods() -> dict[str, dict[str, Any]]:
    """Return the pod of each workload, by the workload's name."""
    workloads = [one for one in everything() if one["kind"] in ("StatefulSet", "Deployment")]
    assert {one["metadata"]["name"] for one in workloads} == {"asura", "asura-probe"}
    for one in workloads:
        assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["replicas"] == 1
    return {one["metadata"]["name"]: one["spec"]["template"] for one in workloads}


def test_each_manifest_is_what_kubernetes_expects_and_each_file_is_in_a_kustomization() -> None:
    for one in everything():
        if one["kind"] not in CUSTOM:
            kubernetes_validate.validate(one, "1.30", strict=True)
    named = {"kustomization.yaml"}
    for folder in ("base", "probe"):
        said = yaml.safe_load((MANIFESTS / folder / "kustomization.yaml").read_text())
        named |= {*said["resources"], *(file for made in said.get("configMapGenerator", ()) for file in made["files"])}
        assert {path.name for path in (MANIFESTS / folder).iterdir()} <= named


def test_pods_are_what_the_strictest_namespace_lets_in() -> None:
    for name, pod in pods().items():
        outer, (container,) = pod["spec"]["securityContext"], pod["spec"]["containers"]
        assert (outer["runAsNonRoot"], outer["runAsUser"]) == (True, 10001), name
        assert outer["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["spec"]["automountServiceAccountToken"] is False
        inner = container["securityContext"]
        assert inner["allowPrivilegeEscalation"] is False and inner["readOnlyRootFilesystem"] is True
        assert inner["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"].keys() == {"memory"}


def test_what_a_manifest_names_is_there() -> None:
    there = {(one["kind"], one["metadata"]["name"]) for one in everything()}
    labels = [pod["metadata"]["labels"] for pod in pods().values()]
    for one in everything():
        spec = one.get("spec", {})
        if one["kind"] in ("Service", "NetworkPolicy"):
            wanted = spec["selector"] if one["kind"] == "Service" else spec["podSelector"]["matchLabels"]
            assert sum(wanted.items() <= some.items() for some in labels) == 1
    (container,) = pods()["asura"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    service = next(one for one in everything() if one["kind"] == "Service")
    assert [ports[port["targetPort"]] for port in service["spec"]["ports"]] == [8090]
    for volume in pods()["asura"]["spec"]["volumes"]:
        if "persistentVolumeClaim" in volume:
            assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in there
        if "configMap" in volume:
            assert ("ConfigMap", volume["configMap"]["name"]) in there
    assert ("ServiceAccount", pods()["asura"]["spec"]["serviceAccountName"]) in there
    watcher = next(one for one in everything() if one["kind"] == "ServiceMonitor")
    assert watcher["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]
    assert watcher["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]


def secret_of_the_probe() -> dict[str, str]:
    """Return what the comment puts into the Secret of a probe."""
    text = (MANIFESTS / "probe" / "kustomization.yaml").read_text()
    return dict(re.findall(r"--from-literal=(\w+)=(\S+)", text)) | {"ASURA_KEY": "k" * 40}


def variables_from(container: dict[str, Any], *, alone: bool = True) -> dict[str, str]:
    """Return the variables of whole maps as Kubernetes takes them, the last one wins; `alone`: only what is needed."""
    maps = {one["metadata"]["name"]: one["data"] for one in everything() if one["kind"] == "ConfigMap"}
    secret = {name: value for name, value in secret_of_the_probe().items() if name == "ASURA_KEY" or not alone}
    found: dict[str, str] = {}
    for one in container.get("envFrom", ()):
        found |= maps[one["configMapRef"]["name"]] if "configMapRef" in one else secret
    return found


def test_a_probe_of_another_cluster_is_told_by_its_secret_where_its_primary_is() -> None:
    (container,) = pods()["asura-probe"]["spec"]["containers"]
    assert [one for one in container["env"] if one["name"] in secret_of_the_probe()] == []
    for alone, primary, name in (
        (True, "http://asura:8090", "kubernetes"),
        (False, "https://status.example.com", "eu-west-1"),
    ):
        given = {one["name"]: one["value"] for one in container["env"]} | variables_from(container, alone=alone)
        probe = load(env=image_variables() | given).settings.probe
        assert (probe.primary, probe.name) == (primary, name)


def test_asura_accepts_what_the_manifests_tell_it(tmp_path: Path) -> None:
    config = next(one for one in everything() if one["kind"] == "ConfigMap")["data"]["config.yaml"]
    (tmp_path / "config.yaml").write_text(config)
    for name, pod in pods().items():
        (container,) = pod["spec"]["containers"]
        given = {one["name"]: one["value"] for one in container["env"]} | variables_from(container)
        loaded = load(tmp_path / "config.yaml", env=image_variables() | given)
        assert not loaded.warnings, name
        if name == "asura":
            # The folder of a volume belongs to root: asura needs one of its own in it.
            assert loaded.settings.server.data.parent == Path(container["volumeMounts"][0]["mountPath"])


@pytest.mark.parametrize("name", ["asura", "asura-probe"])
def test_no_pod_reaches_the_credentials_of_its_machine(name: str) -> None:
    policy = next(one for one in everything() if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == name)
    blocks = [to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to]
    assert {block["cidr"] for block in blocks} == {"0.0.0.0/0", "::/0"}
    assert {"169.254.169.254/32", "169.254.170.23/32", "100.100.100.200/32"} <= set(blocks[0]["except"])
    assert {"fd00:ec2::254/128", "fd20:ce::254/128"} <= set(blocks[1]["except"])
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
