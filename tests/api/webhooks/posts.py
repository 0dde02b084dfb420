"""What the tools post, in examples of our own, written from the tools' documentation.

The service is search, of the company acme; linus deploys it. Each takes what a test wants to be different."""

from typing import Any

SHA = "5f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c"


def github_deployment(**different: Any) -> dict[str, Any]:
    deployment = {
        "id": 7001,
        "sha": SHA,
        "ref": "main",
        "task": "deploy",
        "environment": "production",
        "payload": {},
        "description": None,
        "creator": {"login": "linus", "type": "User"},
        "created_at": "2026-03-02T13:58:00Z",
    }
    return {
        "action": "created",
        "deployment": deployment | different,
        "repository": {"full_name": "acme/search", "html_url": "https://github.com/acme/search"},
        "sender": {"login": "linus"},
    }


def github_status(state: str = "in_progress", deployment: dict[str, Any] | None = None, **different: Any) -> Any:
    status = {
        "id": 9001,
        "state": state,
        "environment": "production",
        "description": "",
        "log_url": "https://github.com/acme/search/actions/runs/77/job/8",
        "target_url": "https://github.com/acme/search/actions/runs/77",
        "created_at": "2026-03-02T13:59:00Z",
    }
    return github_deployment(**(deployment or {})) | {"deployment_status": status | different}


def gitlab_deployment(status: str = "running", **different: Any) -> dict[str, Any]:
    return {
        "object_kind": "deployment",
        "status": status,
        "status_changed_at": "2026-03-02 14:59:30 +0100",
        "deployment_id": 15,
        "deployable_id": 796,
        "deployable_url": "https://gitlab.acme.example/acme/search/-/jobs/796",
        "environment": "production",
        "project": {
            "id": 30,
            "name": "search",
            "web_url": "https://gitlab.acme.example/acme/search",
            "path_with_namespace": "acme/search",
        },
        "ref": "main",
        "short_sha": SHA[:8],
        "user": {"id": 4, "name": "Linus", "username": "linus"},
        "commit_url": f"https://gitlab.acme.example/acme/search/-/commit/{SHA}",
        "commit_title": "FIND-31 rank by freshness",
    } | different


def argocd_sync(phase: str = "Running", health: str | None = "Progressing", **different: Any) -> dict[str, Any]:
    return {
        "app": "search-production",
        "namespace": "search",
        "phase": phase,
        "health": health,
        "revision": SHA,
        "repository": "https://git.acme.example/acme/search-manifests",
        "actor": None,
        "started_at": "2026-03-02T13:57:00Z",
        "finished_at": None if phase == "Running" else "2026-03-02T13:58:30Z",
        "url": "https://argocd.acme.example/applications/search-production",
    } | different


def jenkins_post(status: str = "started", **different: Any) -> dict[str, Any]:
    return {
        "job": "search/deploy-production",
        "build": 51,
        "status": status,
        "version": "3.2.0",
        "sha": SHA,
        "actor": "linus",
        "url": "https://jenkins.acme.example/job/search/job/deploy-production/51/",
        "at": "2026-03-02T13:59:00Z",
    } | different


def jenkins_notification(phase: str = "STARTED", status: str | None = None, **different: Any) -> dict[str, Any]:
    build = {
        "full_url": "https://jenkins.acme.example/job/deploy-search-production/51/",
        "number": 51,
        "queue_id": 4711,
        "timestamp": 1772459940000,
        "phase": phase,
        "url": "job/deploy-search-production/51/",
        "scm": {
            "url": "https://git.acme.example/acme/search.git",
            "branch": "origin/main",
            "commit": SHA,
            "changes": [],
            "culprits": ["grace"],
        },
        "log": "",
        "artifacts": {},
    }
    outcome = {"status": status} if status else {}
    return {
        "name": "deploy-search-production",
        "display_name": "deploy-search-production",
        "url": "job/deploy-search-production/",
        "build": build | outcome | different,
    }


def cdevent(predicate: str = "deployed", custom: Any = None, **content: Any) -> dict[str, Any]:
    return {
        "context": {
            "version": "0.4.1",
            "id": "0d6a5a34-5d4b-4f05-a5fd-4d1f5dd6c4c1",
            "source": "/acme/deployer",
            "type": f"dev.cdevents.service.{predicate}.0.2.0",
            "timestamp": "2026-03-02T13:59:00.25Z",
        },
        "subject": {
            "id": "daemonset/search",
            "source": "/acme/deployer",
            "type": "service",
            "content": {
                "environment": {"id": "production", "source": "/acme"},
                "artifactId": f"pkg:github/acme/search@{SHA}",
            }
            | content,
        },
    } | ({"customData": custom} if custom is not None else {})


def cloudevent(event: dict[str, Any], **different: Any) -> dict[str, Any]:
    """In structured mode."""
    context = event["context"]
    return {
        "specversion": "1.0",
        "id": context["id"],
        "source": context["source"],
        "type": context["type"],
        "subject": "daemonset/search",
        "time": context["timestamp"],
        "datacontenttype": "application/cdevents+json",
        "data": event,
    } | different


EXAMPLES: dict[str, dict[str, Any]] = {
    "github": github_status(),
    "gitlab": gitlab_deployment(),
    "argocd": argocd_sync(),
    "jenkins": jenkins_post(),
    "cdevents": cdevent(),
}
