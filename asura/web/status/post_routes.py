"""The routes of what status pages say in words."""

from asura.domain.post import PostKind
from asura.web import params, post_bodies
from asura.web.api import posts
from asura.web.route import Param, Route, rights
from asura.web.shapes import Page
from asura.web.shapes import posts as shapes

POSTS = "/api/v1/status-pages/{id}/incidents"
POST, UPDATES = f"{POSTS}/{{n}}", f"{POSTS}/{{n}}/updates"
UPDATE = f"{UPDATES}/{{u}}"
KIND = Param("kind", "Only incidents or only notices.", {"type": "string", "enum": [kind.value for kind in PostKind]})
STANDING = Param("status", "Only those.", {"type": "string", "enum": ["open", "resolved", "scheduled"]})

_viewer = rights("viewer", "read")
_editor = rights("editor", "write")

# fmt: off
POST_ROUTES: tuple[Route, ...] = (
    _viewer("GET", POSTS, posts.index, "Incidents and notices of a status page, newest first",
            params=(KIND, STANDING, *params.PAGE), answer=Page[shapes.Post]),
    _editor("POST", POSTS, posts.create, "Write an incident or a notice", body=post_bodies.NewPost,
            answer=shapes.Post, statuses=(201,), body_required=True),
    _viewer("GET", POST, posts.show, "One incident or notice with its updates", answer=shapes.Post),
    _editor("PUT", POST, posts.put, "Replace what a post is", body=post_bodies.PostBody, answer=shapes.Post,
            statuses=(200, 412), body_required=True),
    _editor("PATCH", POST, posts.patch, "Change fields of a post", body=post_bodies.PostPatch, answer=shapes.Post,
            statuses=(200, 412), body_required=True),
    _editor("DELETE", POST, posts.delete, "Delete a post with all that it says", statuses=(204, 412)),
    _editor("POST", UPDATES, posts.add_update, "Say something more", body=post_bodies.UpdateBody,
            answer=shapes.PostUpdate, statuses=(201,), body_required=True),
    _editor("PUT", UPDATE, posts.put_update, "Say an update in other words", body=post_bodies.UpdateBody,
            answer=shapes.PostUpdate, body_required=True),
    _editor("DELETE", UPDATE, posts.delete_update, "Take an update back", statuses=(204, 409)),
)
# fmt: on
