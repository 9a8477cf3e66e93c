"""Pictures and documents in Wagtail's admin: every role and relation, with a record that could leak."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from haihe.archive.models import Attachment, Picture
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, build_city, refused, relations_allowed

pytestmark = pytest.mark.django_db


def png(colour="teal"):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    return SimpleUploadedFile("picture.png", data.getvalue(), "image/png")


@pytest.fixture
def city():
    return build_city()


@pytest.fixture
def pictures(city):
    return city.plant(
        lambda organisation, secret: Picture.objects.create(
            organisation=organisation, title=secret, description=secret, file=png()
        )
    )


@pytest.fixture
def documents(city):
    def make(organisation, secret):
        file = SimpleUploadedFile(f"{secret}.txt", secret.encode())
        return Attachment.objects.create(organisation=organisation, title=secret, file=file)

    return city.plant(make)


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_picture_lists_and_choosers_hold_exactly_what_may_be_seen(city, pictures, role):
    client = city.client(role)
    for name in ("wagtailimages_chooser:choose", "wagtailimages_chooser:choose_results"):
        assert pictures.shown_in(client.get(reverse(name))) == relations_allowed(role, "view"), name
    for name in ("wagtailimages:index", "wagtailimages:index_results"):
        assert pictures.shown_in(client.get(reverse(name))) <= relations_allowed(role, "view"), name
    many = reverse("wagtailimages_chooser:chosen_multiple") + "?"
    many += "&".join(f"id={pictures[relation].pk}" for relation in RELATIONS)
    assert pictures.shown_in(client.get(many)) == relations_allowed(role, "view")


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_picture_addresses_open_only_to_those_who_may(city, pictures, role):
    client = city.client(role)
    needs = {
        "wagtailimages:edit": "edit",
        "wagtailimages:delete": "erase",
        "wagtailimages:image_usage": "view",
        "wagtailimages:url_generator": "edit",
        "wagtailimages_chooser:chosen": "view",
        "wagtailimages_chooser:select_format": "view",
    }
    for relation in RELATIONS:
        for name, action in needs.items():
            if not allowed(role, action, relation):
                response = client.get(reverse(name, args=[pictures[relation].pk]))
                assert refused(response), (name, relation)
                assert pictures.shown_in(response) == set()
        preview = client.get(reverse("wagtailimages:preview", args=[pictures[relation].pk, "original"]))
        assert (preview.status_code == 200) <= allowed(role, "view", relation)
        client.post(reverse("wagtailimages:delete", args=[pictures[relation].pk]))
        assert Picture.objects.filter(pk=pictures[relation].pk).exists() is not allowed(role, "erase", relation)


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("role", ["viewer", "reporter", "publisher"])
def test_picture_is_uploaded_only_where_one_may_create(city, role, relation):
    data = {
        "title": "new",
        "file": png("navy"),
        "description": "",
        "organisation": city.organisations[relation].pk,
    }
    response = city.client(role).post(reverse("wagtailimages:add"), data)
    assert Picture.objects.filter(title="new").exists() is allowed(role, "create", relation), response


def test_picture_cannot_be_carried_into_another_organisation(city, pictures):
    picture = pictures["own"]
    data = {"title": "kept", "description": "", "organisation": city.organisations["child"].pk}
    city.client("publisher").post(reverse("wagtailimages:edit", args=[picture.pk]), data)
    picture.refresh_from_db()
    assert (picture.title, picture.organisation) == ("kept", city.organisations["own"])


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_documents_are_seen_and_opened_only_through_the_gate(city, documents, role):
    client = city.client(role)
    assert documents.shown_in(client.get(reverse("wagtaildocs_chooser:choose"))) == relations_allowed(role, "view")
    assert documents.shown_in(client.get(reverse("wagtaildocs:index"))) <= relations_allowed(role, "view")
    for relation in RELATIONS:
        file = client.get(documents[relation].url)
        assert (file.status_code == 200) is allowed(role, "view", relation)
        for name, action in {
            "wagtaildocs:edit": "edit",
            "wagtaildocs:delete": "erase",
            "wagtaildocs:document_usage": "view",
            "wagtaildocs_chooser:chosen": "view",
        }.items():
            response = client.get(reverse(name, args=[documents[relation].pk]))
            if not allowed(role, action, relation):
                assert refused(response), (name, relation)
            assert documents.shown_in(response) <= ({relation} if allowed(role, action, relation) else set())


@pytest.mark.parametrize("role", ["viewer", "publisher", OUTSIDER])
def test_bulk_actions_touch_and_name_only_what_may_be_seen(city, pictures, role):
    for action in ("delete", "add_tags", "add_to_collection"):
        address = reverse("wagtail_bulk_action", args=["archive", "picture", action])
        response = city.client(role).get(f"{address}?id=all&next=/admin/")
        assert pictures.shown_in(response) <= relations_allowed(role, "view")


def test_file_of_a_document_is_not_there_for_the_signed_out(documents, client):
    assert client.get(documents["own"].url).status_code == 404
