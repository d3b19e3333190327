"""URLs of the training, under a participation."""

from django.urls import path

from tutorial.views import exam, reading

app_name = "tutorial"
urlpatterns = [
    path("", reading.overview, name="overview"),
    path("pages/<slug:key>/", reading.page, name="page"),
    path("pages/<slug:key>/questions/<int:question>/", reading.quiz, name="quiz"),
    path("pages/<slug:key>/done/", reading.complete, name="complete"),
    path("exam/", exam.hall, name="exam"),
    path("exam/<int:number>/start/", exam.start, name="start"),
    path("exam/<int:number>/questions/<int:ordinal>/", exam.question, name="question"),
    path("exam/<int:number>/review/", exam.review, name="review"),
    path("exam/<int:number>/submit/", exam.submit, name="submit"),
    path("exam/<int:number>/result/", exam.result, name="result"),
]
