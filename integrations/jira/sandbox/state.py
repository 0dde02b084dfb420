"""The whole site as JSON, for comparing how two runs ended. Moments and numbers of links are left out: they differ."""

from typing import Any

from integrations.jira.sandbox.models import Comment, Issue, Project, RemoteLink, Version
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.site import Site


def state_of(site: Site) -> dict[str, Any]:
    issues = [_issue(site, site.store.issues[issue_id]) for issue_id in sorted(site.store.issues)]
    state: dict[str, Any] = {"deployment": site.switches["deployment"], "issues": issues}
    versions = {project.key: [_version(version) for version in project.versions] for project in _with_versions(site)}
    told = [
        {"key": list(one.key), "state": one.facts["state"], "issues": list(one.issue_keys), "gate": one.gate}
        for _, one in sorted(site.deployments.by_key.items())
    ]
    return state | {name: value for name, value in (("versions", versions), ("deployments", told)) if value}


def _with_versions(site: Site) -> list[Project]:
    return [project for project in site.store.projects.values() if project.versions]


def _version(version: Version) -> dict[str, Any]:
    shown = {"name": version.name, "released": version.released}
    return shown | ({"releaseDate": version.release_date} if version.release_date else {})


def _issue(site: Site, issue: Issue) -> dict[str, Any]:
    shown = {"id": issue.id, "key": issue.key, "summary": issue.summary, "status": issue.status}
    extras = {
        "former_keys": site.store.former_keys(issue),
        "hidden": issue.hidden or issue.project.hidden,
        "archived": issue.archived,
        "security": issue.security,
        "remote_links": [_link(link) for link in issue.links],
        "comments": [_comment(issue, comment) for comment in issue.comments],
        "labels": issue.labels,
        "fix_versions": issue.fix_versions,
        "properties": dict(sorted(issue.properties.items())),
    }
    return shown | {name: value for name, value in extras.items() if value}


def _link(link: RemoteLink) -> dict[str, Any]:
    target = {name: link.object.get(name) for name in ("title", "url", "status")}
    return {"globalId": link.global_id, "relationship": link.relationship, "object": target}


def _comment(issue: Issue, comment: Comment) -> dict[str, Any]:
    shown: dict[str, Any] = {"body": text_of(comment.body), "properties": dict(sorted(comment.properties.items()))}
    shown |= {"is_public": comment.is_public} if issue.project.is_service else {}
    return shown | ({"visibility": comment.visibility} if comment.visibility else {})
