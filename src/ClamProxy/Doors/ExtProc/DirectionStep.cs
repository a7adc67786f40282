namespace ClamProxy.Doors.ExtProc;

/// <summary>What one message of Envoy calls for.</summary>
internal enum DirectionStep
{
    /// <summary>The transaction ends with an immediate response; <see cref="DirectionState.Trouble"/> says why.</summary>
    Refuse = 0,

    /// <summary>Nothing: it repeats what was said, and has no answer.</summary>
    Ignore,

    /// <summary>It is answered at once: it brings nothing to scan.</summary>
    Continue,

    /// <summary>It is answered with the verdict, and brings nothing to scan.</summary>
    Hold,

    /// <summary>Its bytes are taken; there is no answer of its own.</summary>
    Take,

    /// <summary>Its bytes are taken, and pass before they are scanned.</summary>
    TakeAndContinue,

    /// <summary>Its bytes are taken, and with them the body is whole: it is answered with the verdict.</summary>
    Judge,
}
