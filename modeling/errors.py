"""What modelling refuses, in sentences that say what to do."""

from __future__ import annotations


class ModelingError(Exception):
    """Something a person can put right; `str()` of it is the sentence to show."""

    code = "modeling_error"


class CorpusUnusable(ModelingError):
    """The corpus lacks what the work needs: conversations, strategies, a known label."""

    code = "corpus_unusable"


class EmptySplit(ModelingError):
    """A part of the split holds no conversation or no piece."""

    code = "empty_split"


class RunFileInvalid(ModelingError):
    """A run file has a key or value that is not understood."""

    code = "run_file_invalid"


class BackboneMissing(ModelingError):
    """The backbone is neither in a local folder nor in the hub's cache."""

    code = "backbone_missing"


class BackboneUnsuitable(ModelingError):
    """The backbone cannot do what the run asks of it."""

    code = "backbone_unsuitable"


class CheckpointUnusable(ModelingError):
    """A checkpoint is missing, incomplete, or of another vocabulary or corpus."""

    code = "checkpoint_unusable"


class DiskFull(ModelingError):
    """No room was left while saving; the last good checkpoint is untouched."""

    code = "disk_full"


class LossNotFinite(ModelingError):
    """The loss became NaN or infinite."""

    code = "loss_not_finite"


class OutOfMemory(ModelingError):
    """The device has no memory left for a batch."""

    code = "out_of_memory"


class QuantizationRefused(ModelingError):
    """The int8 copy of a model is too far from its fp32 original."""

    code = "quantization_refused"


class ScoresUnusable(ModelingError):
    """Files given for scoring or comparing cannot be used together."""

    code = "scores_unusable"


class AgentInvalid(ModelingError):
    """An agent's configuration cannot be used."""

    code = "agent_invalid"


class AgentUnavailable(ModelingError):
    """The agent is switched off, or rests after failures."""

    code = "agent_unavailable"


class CampaignInvalid(ModelingError):
    """A comparison campaign cannot be set up or moved like this."""

    code = "campaign_invalid"


class ReplyUnusable(ModelingError):
    """What a model said cannot be shown to anybody."""

    code = "reply_unusable"


class EngineFailed(ModelingError):
    """An engine did not answer: it is down, too slow, or answers nonsense."""

    code = "engine_failed"


class PairRefused(ModelingError):
    """A participant's step through a comparison is not possible now."""

    code = "pair_refused"
