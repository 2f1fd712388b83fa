from espace_sante.traces.models.traces import Trace, TraceHorsDossier

__all__ = ["Trace", "TraceHorsDossier"]
