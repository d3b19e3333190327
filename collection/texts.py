"""The sentences that the browser's modules show: Django's catalogue is their only home.

A page gives them as `{{ texts|json_script:"chat-texts" }}`. `{name}` is filled in by `static/collection/texts.js`;
keys that end in `_one` and `_other` are chosen by the language's plural rule.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TEXTS: dict[str, Promise] = {
    # The waiting room and the ready check.
    "partner_found": _("Your partner is found"),
    "wait_cap_reached": _("You have waited long enough: leave now, paid, or wait on"),
    "queue_position": _("Your place in the queue: {position}"),
    "sound_played": _("That was the sound. If you did not hear it, check the volume."),
    "sound_blocked": _("Your browser does not let this page play a sound."),
    "notify_on": _("You will be notified."),
    "notify_off": _("No notifications, then. The title will blink nevertheless."),
    # The connection.
    "connecting": _("Connecting…"),
    "connected": _("Connected"),
    "offline": _("Offline"),
    "connection_lost": _("Connection lost. Trying again… your text is safe."),
    "connection_offline": _("You are offline. We go on when you are back; your text is safe."),
    "connection_slow": _("Still no connection. Reloading the page may help; your text is safe."),
    "closed_elsewhere": _("This conversation is no longer open here."),
    "signed_out": _("You were signed out. Open your link again to go on."),
    # Who speaks, and how far a message has come.
    "you": _("You"),
    "seeker": _("Seeker"),
    "supporter": _("Supporter"),
    "team": _("Research team"),
    "sending": _("Sending"),
    "stored": _("Stored"),
    "retrying": _("Not stored yet. Trying again."),
    "not_sent": _("Not sent: {reason}"),
    "edit_again": _("Edit"),
    "discard": _("Discard"),
    "typing": _("{who} is typing…"),
    "new_messages_one": _("{count} new message"),
    "new_messages_other": _("{count} new messages"),
    "empty_seeker": _(
        "Say hello, and tell your partner what is on your mind. You may send several messages in a row."
    ),
    "empty_supporter": _(
        "Say hello, and find out what brings your partner here. You may send several messages in a row, each "
        "with a skill of its own."
    ),
    "new_message_title": _("New message"),
    "minutes_milestone": _("{minutes} minutes so far."),
    # Writing.
    "characters_left_one": _("{count} character left"),
    "characters_left_other": _("{count} characters left"),
    "characters_over_one": _("{count} character too many"),
    "characters_over_other": _("{count} characters too many"),
    "reason_empty": _("Write something first."),
    "reason_strategy": _("Choose the skill you are using."),
    "reason_too_long": _("The message is too long."),
    "reason_feedback": _("Please answer the question above first."),
    "reason_ended": _("The conversation has ended."),
    "choose_strategy": _("Choose the skill you are using"),
    "chosen_strategy": _("Skill: {name}"),
    "relabel": _("Change the skill"),
    "strategy_changed": _("The skill of your last message was changed."),
    "copied_example": _(
        "This is close to an example. Please use your own words: your partner deserves them."
    ),
    "personal_detail": _(
        "This looks like a name, an address, a number or an account. Please leave out what shows who you are."
    ),
    # The question about the last messages.
    "feedback_arrived": _("A short question about the last messages is waiting above the text field."),
    "feedback_choose": _("Choose an answer first."),
    "feedback_thanks": _("Thank you."),
    "rated": _("The question is about this message"),
    # Ending.
    "gate_open": _("You may end now, or go on as long as you like."),
    "gate_closed": _("{turns} of {turns_needed} turns · {minutes} of {minutes_needed} min"),
    "gate_just_opened": _("You may end the conversation now, or go on as long as you like."),
    "check_turns": _("{turns} of {turns_needed} turns"),
    "check_time": _("{minutes} of {minutes_needed} minutes"),
    # A time as minutes and seconds stands after the next three.
    "partner_quiet": _("Your partner is quiet. Time without a sign:"),
    "partner_away": _("Your partner is not connected at the moment. Time without a sign:"),
    "leave_free_soon": _("If your partner stays silent, you can leave without loss in:"),
    "leave_free_now": _("Your partner has been silent for long: you can leave without loss."),
    "partner_extended": _(
        "Your partner asked for a little more time. If they stay silent, you can leave without loss in:"
    ),
    "extension_taken": _("Your partner has been told that you need a little more time."),
    "own_idle": _("Your partner is waiting for you."),
    "still_there": _("Are you still there?"),
    "ending": _("Ending the conversation…"),
    "ended_finish": _("Your partner has ended it. Thank you for being here."),
    "ended_leave": _("Your partner had to leave. This does not count against you."),
    "ended_partner_silent": _("There was no sign from you for a while, and your partner has left."),
    "ended_technical": _(
        "We are sorry: something on our side went wrong, and the conversation had to end. You are paid in full."
    ),
    "ended_team": _("The study team has ended the conversation. You are paid in full."),
    "ended_time": _("The longest time for a conversation is over."),
}


def chat_texts() -> dict[str, str]:
    """Return every sentence in the language that is active."""
    return {key: str(text) for key, text in _TEXTS.items()}
