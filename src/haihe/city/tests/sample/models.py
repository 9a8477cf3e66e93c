from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin


class Note(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    organisation = models.ForeignKey("city.Organisation", models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    see_also = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    _revisions = GenericRelation(
        "wagtailcore.Revision", content_type_field="base_content_type", object_id_field="object_id"
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState", content_type_field="base_content_type", object_id_field="object_id"
    )

    panels = [FieldPanel("organisation"), FieldPanel("title"), FieldPanel("see_also")]

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_preview_template(self, request, mode_name):
        return "sample/note.html"
