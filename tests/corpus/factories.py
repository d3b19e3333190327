"""Records for tests: factories with defaults, and a small corpus written by hand."""

from __future__ import annotations

from corpus.labels import Speaker
from corpus.record import Conversation, Survey, Utterance

STRATEGY = {
    "Qu": "Question",
    "RP": "Restatement or Paraphrasing",
    "RF": "Reflection of feelings",
    "Sd": "Self-disclosure",
    "AR": "Affirmation and Reassurance",
    "PS": "Providing Suggestions",
    "In": "Information",
    "Ot": "Others",
}


def make_utterances(*lines: str) -> tuple[Utterance, ...]:
    """Return utterances from lines such as `S: text`, `S5: text` (feedback 5) and `Qu: text` (strategy)."""
    made = []
    for line in lines:
        mark, text = line.split(": ", 1)
        if mark.startswith("S") and mark[1:].isdigit():
            made.append(Utterance(Speaker.SEEKER, text, feedback=int(mark[1:])))
        elif mark == "S":
            made.append(Utterance(Speaker.SEEKER, text))
        else:
            made.append(Utterance(Speaker.SUPPORTER, text, strategy=STRATEGY[mark]))
    return tuple(made)


DEFAULT_LINES = (
    "S: I have not slept well.",
    "Qu: What keeps you awake?",
    "RF: It sounds tiring.",
    "S5: It is.",
)


def make_conversation(
    *lines: str,
    experience: str = "Current Experience",
    emotion: str = "anxiety",
    problem: str = "job crisis",
    situation: str = "I worry about my work.",
    survey: Survey | None = None,
    **more: object,
) -> Conversation:
    """Return a conversation; `lines` as in `make_utterances`."""
    return Conversation(
        experience=experience,
        emotion=emotion,
        problem=problem,
        situation=situation,
        survey=survey or Survey(intensity_before=4, intensity_after=2, empathy=5, relevance=4, detail=5),
        utterances=make_utterances(*(lines or DEFAULT_LINES)),
        **more,  # type: ignore[arg-type]
    )


def small_corpus() -> list[Conversation]:
    """Return seven invented conversations; `esconv_small.json` holds the same ones as published files do."""
    return [
        make_conversation(
            "S: Hello, I just came out of a meeting and I'm still shaking.",
            "Qu: Hi, I'm glad you wrote. What happened in the meeting?",
            "S: My manager said half of our team may be gone by spring.",
            "RP: So you learned today that your job may not be safe.",
            "RF: That must be frightening, and it came without a warning.",
            "S5: Yes. I have two kids and the rent went up in May.",
            "Sd: My own department closed four years ago, and I remember counting every coin.",
            "AR: You're already thinking ahead for your family; that says a lot about you.",
            "S4: Thank you... I don't feel very strong right now.",
            "PS: Maybe you could write down what you spend each month, just to see where you stand.",
            "S: I could do that tonight.",
            "In: Many towns have an office that helps people to look for work, free of charge.",
            "S5: I didn't know. That helps, really.",
            "Ot: I hope the spring is kinder than you expect. Take care!",
            problem="job crisis",
            emotion="fear",
            situation="My team may be closed and I am the only one who earns.",
            survey=Survey(5, 2, 5, 4, 5, None, "The calm questions.", "", "Being useful.", "A darker theme."),
        ),
        make_conversation(
            "Ot: Hello there!",
            "Qu: How are you doing today?",
            "S: Not great. She moved out on Sunday.",
            "RF: I can hear how much that hurts.",
            "Qu: How long were you together?",
            "S3: Six years. The flat is so quiet.",
            "RP: After six years it is the quiet that gets to you.",
            "S: Exactly, I even miss her bad singing.",
            "AR: It's all right to miss the small things.",
            "Sd: I kept a voicemail for a year after my breakup.",
            "S4: Ha, that makes me feel less silly.",
            "PS: Perhaps you could ask a friend to come over and cook with you.",
            "S: My cousin lives around the corner, maybe I'll call him.",
            "AR: That is a good first step.",
            "Ot: You're welcome to write again.",
            problem="breakup with partner",
            emotion="sadness",
            situation="My girlfriend of six years has left.",
            survey=Survey(4, 3, 4, 4, 4),
        ),
        make_conversation(
            "S: I failed the statistics exam again.",
            "Qu: Is it the second time?",
            "S: The third :( my parents don't know yet.",
            "RF: You sound ashamed, and a bit alone with it.",
            "AR: Failing an exam does not make you a failure.",
            "S5: I keep telling myself that.",
            "PS: Try to explain one chapter aloud to somebody each evening.",
            "PS: Could you ask your tutor what went wrong?",
            "S4: She has office hours on Friday.",
            "In: Most universities let you see the marked paper (ask at the desk).",
            "S: Okay. I'll ask for it.",
            problem="academic pressure",
            emotion="shame",
            experience="Previous Experience",
            situation="I failed an exam three times last year.",
            survey=Survey(3, 1, 5, 5, 3),
        ),
        make_conversation(
            "S: My best friend hasn't answered me in three weeks.",
            "S: She reads my messages, though.",
            "Qu: Did something happen between you two?",
            "S: I forgot her birthday, I think that is it.",
            "RP: You believe it is because of the birthday.",
            "Qu: Have you told her you're sorry?",
            "S2: Twice already!",
            "Sd: I once waited two months for an answer from my brother.",
            "PS: Maybe a real letter says more than another message.",
            "S4: I like letters.",
            "Ot: I wish you both well.",
            problem="problems with friends",
            emotion="sadness",
            situation="A friend is silent since I forgot her birthday.",
            survey=Survey(3, 2, 4, 5, None),
        ),
        make_conversation(
            "S: I can't get out of bed before noon these days.",
            "Qu: How long has it been like this?",
            "S: Since the clocks changed, so five weeks.",
            "RF: Five weeks is a long time to feel so heavy.",
            "AR: It took strength to write to me.",
            "S5: It didn't feel like strength.",
            "In: Light in the first hour after waking helps many people.",
            "PS: Perhaps sit by the window with your first cup of tea.",
            "S5: I will try it tomorrow.",
            problem="ongoing depression",
            emotion="depression",
            situation="I have been low since October.",
            survey=Survey(intensity_before=5),
        ),
        make_conversation(
            "Ot: Good evening.",
            "S: My colleague takes the credit for my drawings, 2 of them this week alone.",
            "Qu: What did you say to him?",
            "S: Nothing; I was too angry.",
            "RF: You were furious, and it stayed inside.",
            "RP: And it happened more than once.",
            "S4: Yes, at least 10 times since January.",
            "PS: You could sign each sheet before it leaves your desk.",
            "Sd: That's what I did when it happened to me.",
            "S5: Simple. Why didn't I think of it?",
            "AR: Anger makes simple things hard to see.",
            "S: Ha, true. Thanks!",
            "Ot: Good luck with the next sheet!",
            problem="job crisis",
            emotion="anger",
            situation="A colleague claims my work as his own.",
            survey=Survey(4, 1, 5, 5, 5, None, "Quick answers", "Nothing", "", ""),
        ),
        make_conversation(
            "S: We moved here in June and I still know nobody.",
            "Qu: What did you enjoy where you lived before?",
            "S: I sang in a choir.",
            "AR: Singing with others is a lovely way to belong.",
            "In: There are choirs in nearly every parish hall.",
            "S5: I'm shy about auditions.",
            "AR: Many of them take anybody who likes to sing.",
            "S: That would suit me.",
            "Ot: I hope you find your voice here.",
            problem="loneliness after a move",
            emotion="sadness",
            situation="I know nobody in my new town.",
            survey=Survey(3, 2, 3, 4, 2),
        ),
    ]


def rich_conversation(number: int = 7) -> Conversation:
    """Return a conversation that uses every field of the record."""
    seeker, supporter = Speaker.SEEKER, Speaker.SUPPORTER
    return Conversation(
        experience="Current Experience",
        emotion="anxiety",
        problem="job crisis",
        situation="I wait for an answer.",
        survey=Survey(
            4,
            3,
            5,
            4,
            0,
            original_intensity_after=4,
            intensity_review="set",
            seeker_liked="Kind words",
            supporter_improve="=A timer",
        ),
        utterances=(
            Utterance(seeker, "Still no answer…", offset_seconds=0.0),
            Utterance(
                supporter,
                "How long do you wait?",
                strategy=STRATEGY["Qu"],
                original_strategy=STRATEGY["Ot"],
                votes=(STRATEGY["Qu"], STRATEGY["Qu"]),
                review="change",
                offset_seconds=12.5,
            ),
            Utterance(supporter, "Waiting wears one out.", strategy=STRATEGY["RF"], offset_seconds=20.0),
            Utterance(seeker, '-- "So it does", 😊', feedback=4, rates=(1, 2), offset_seconds=31.25),
            Utterance(supporter, "I am here.", offset_seconds=40.0),
        ),
        id=f"c{number:04}",
        seeker_id="p03",
        supporter_id=f"p{number:02}",
        minutes=0.7,
        criteria={"empathy": {"value": 5, "threshold": 3, "met": True}},
        flags={"one_strategy": (), "pasted_text": (1, 2)},
    )
