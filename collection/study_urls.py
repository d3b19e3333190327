"""URLs of the collection room's pages for researchers, below one study."""

from django.urls import path

from collection.views import previews

app_name = "live"
urlpatterns = [
    path("<slug:slug>/preview/", previews.previews, name="previews"),
    path("<slug:slug>/preview/enter/", previews.preview, name="preview"),
]
