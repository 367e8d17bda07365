"""Drives the stand-in with the unchanged facebook_business client.

Usage: graph_client.py URL PHOTO
"""

import sys

from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.photo import Photo
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

PAGE_ID = "104820000000777"
APP = ("918270000000111", "sandbox-app-secret")


def main(url, photo_path):
    FacebookSession.GRAPH = url
    api = FacebookAdsApi.init(*APP, "EAASandboxPageToken", crash_log=False)
    page = Page(PAGE_ID)
    assert page.api_get(fields=["name", "id"])["id"] == PAGE_ID
    publish_a_draft(page)
    publish_an_album(api, page, photo_path)
    comment(page)
    read_through_pages(page)
    delete(page)
    fail_as_meta_does(page)
    list_accounts(url)


def publish_a_draft(page):
    draft = page.create_feed(params={"message": "Draft nga Python-i", "published": False})
    assert texts(page) == [], "a draft is visible"
    post = PagePost(draft["id"])
    for _ in range(2):
        post.api_update(params={"is_published": True})
    assert texts(page) == ["Draft nga Python-i"]
    seen = PagePost(draft["id"]).api_get(fields=["permalink_url", "is_published", "application", "created_time"])
    assert seen["is_published"] is True
    assert "/posts/" in seen["permalink_url"]
    assert seen["application"]["id"] == APP[0]


def publish_an_album(api, page, photo_path):
    media = []
    for number in range(2):
        # The SDK's table of this edge has no file parameter: bytes go through its plain call, as its own docs show.
        with open(photo_path, "rb") as photo:
            answer = api.call("POST", (PAGE_ID, "photos"), params={"published": False, "caption": f"Foto {number}"}, files={"source": photo})
        body = answer.json()
        assert "post_id" not in body
        assert Photo(body["id"]).api_get(fields=["name"])["name"] == f"Foto {number}"
        media.append({"media_fbid": body["id"]})
    post = page.create_feed(params={"message": "Album", "attached_media": media})
    seen = PagePost(post["id"]).api_get(fields=["status_type", "attachments"])
    assert seen["status_type"] == "added_photos"
    assert len(seen["attachments"]["data"][0]["subattachments"]["data"]) == 2


def comment(page):
    post = page.create_feed(params={"message": "Me koment", "link": "https://example.org/njoftim"})
    PagePost(post["id"]).create_comment(params={"message": "Dokumenti: https://example.org/a.pdf"})
    comments = PagePost(post["id"]).get_comments(fields=["message"])
    assert [comment["message"] for comment in comments] == ["Dokumenti: https://example.org/a.pdf"]


def read_through_pages(page):
    for number in range(5):
        page.create_feed(params={"message": f"Numri {number}"})
    cursor = page.get_published_posts(fields=["id", "message", "created_time"], params={"limit": 3})
    ids = [post["id"] for post in cursor]
    assert len(ids) == len(set(ids)) == 8, ids
    assert cursor.total() == 8


def delete(page):
    post = PagePost(page.create_feed(params={"message": "Për t'u fshirë"})["id"])
    post.api_delete()
    error = refused(lambda: PagePost(post["id"]).api_get(fields=["id"]))
    assert (error.api_error_code(), error.api_error_subcode()) == (100, 33)


def fail_as_meta_does(page):
    empty = refused(lambda: page.create_feed(params={"message": ""}))
    assert (empty.http_status(), empty.api_error_code(), empty.api_error_type()) == (400, 197, "OAuthException")
    stranger = FacebookAdsApi(FacebookSession(*APP, "EAANobody"))
    unknown = refused(lambda: Page(PAGE_ID, api=stranger).create_feed(params={"message": "x"}))
    assert unknown.api_error_code() == 190
    forged = FacebookAdsApi(FacebookSession(APP[0], "another secret", "EAASandboxPageToken"))
    proof = refused(lambda: Page(PAGE_ID, api=forged).create_feed(params={"message": "x"}))
    assert proof.api_error_code() == 100 and "appsecret_proof" in proof.api_error_message()


def list_accounts(url):
    api = FacebookAdsApi(FacebookSession(*APP, "EAASandboxUserToken"))
    accounts = list(User("me", api=api).get_accounts(fields=["id", "name", "access_token"]))
    assert [account["id"] for account in accounts] == [PAGE_ID]
    assert accounts[0]["access_token"] == "EAASandboxPageToken"


def texts(page):
    return [post["message"] for post in page.get_published_posts(fields=["message"])]


def refused(call):
    try:
        call()
    except FacebookRequestError as error:
        return error
    raise AssertionError("it was not refused")


if __name__ == "__main__":
    main(*sys.argv[1:])
