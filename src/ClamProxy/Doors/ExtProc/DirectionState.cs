using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Doors.ExtProc;

/// <summary>
/// What Envoy has said so far of one direction of a transaction, and what its next message calls for. No bytes and no waiting are in here;
/// one caller at a time.
/// <code>
///   Start ──headers──► Open ──end of the body, or trailers──► Judging ──verdict──► Over
///     │                                                                             ▲
///     ├──headers that are the whole message─────────────────────────────────────────┤
///     └──headers, mode NONE──► Unseen                                                │
///   anything that cannot be scanned ──────────────────────────────────────────────────┘ refused
/// </code>
/// The first end counts: Envoy repeats it at times (envoy #46237), and adds empty chunks (#46355), which are not content.
/// </summary>
/// <param name="mode">How Envoy sends this body; null: it does not say.</param>
/// <param name="isScanned">Whether bodies are sent at all, in this direction or the other.</param>
/// <param name="letsUnheldPass">Whether STREAMED and BUFFERED_PARTIAL are taken although they cannot hold a body.</param>
internal sealed class DirectionState(BodySendMode? mode, bool isScanned, bool letsUnheldPass)
{
    private Phase _phase;

    private enum Phase
    {
        Start = 0,
        Open,
        Unseen,
        Judging,
        Over,
    }

    /// <summary>Why the last step was <see cref="DirectionStep.Refuse"/>.</summary>
    public Trouble Trouble { get; private set; }

    /// <summary>Whether the body is returned from here, and with it the answer to the headers held back.</summary>
    public bool IsDuplex => mode == BodySendMode.FullDuplexStreamed;

    /// <summary>Whether the body comes in one message.</summary>
    public bool IsInOneMessage => mode is BodySendMode.Buffered or BodySendMode.BufferedPartial;

    /// <summary>A body has begun or may still come, and has not ended.</summary>
    public bool IsOpen => _phase == Phase.Open;

    /// <summary>What ended the message were trailers; they are answered behind the body.</summary>
    public bool EndedByTrailers { get; private set; }

    /// <summary>Only the beginning of the body was shown.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>Trailers came while the verdict was waited for; to be answered behind the body.</summary>
    private bool HasWaitingTrailers { get; set; }

    public DirectionStep OnHeaders(bool isEnd)
    {
        if (_phase != Phase.Start)
        {
            return Refuse(Trouble.HeadersTwice);
        }

        if (isEnd)
        {
            _phase = Phase.Over;
            return DirectionStep.Continue;
        }

        if (Unusable() is not Trouble.None and var trouble)
        {
            return Refuse(trouble);
        }

        _phase = mode == BodySendMode.None ? Phase.Unseen : Phase.Open;
        return IsDuplex ? DirectionStep.Hold : DirectionStep.Continue;
    }

    public DirectionStep OnBody(bool isEmpty, bool isEnd)
    {
        switch (_phase)
        {
            case Phase.Start:
                return Refuse(Trouble.NoHeaders);
            case Phase.Unseen:
                return Refuse(Trouble.UnexpectedBody);
            case Phase.Judging or Phase.Over:
                return DirectionStep.Ignore;
        }

        if (isEnd || (IsInOneMessage && !isEmpty))
        {
            IsPartial = !isEnd && mode == BodySendMode.BufferedPartial;
            _phase = Phase.Judging;
            return DirectionStep.Judge;
        }

        return IsDuplex ? DirectionStep.Take : DirectionStep.TakeAndContinue;
    }

    public DirectionStep OnTrailers()
    {
        switch (_phase)
        {
            case Phase.Start when mode != BodySendMode.None || !isScanned:
                return Refuse(Trouble.NoHeaders);
            case Phase.Start or Phase.Unseen:
                _phase = Phase.Over;
                return DirectionStep.Continue;
            case Phase.Judging when !EndedByTrailers && !HasWaitingTrailers && !IsDuplex:
                HasWaitingTrailers = true;
                return DirectionStep.Hold;
            case Phase.Judging:
                return DirectionStep.Ignore;
            case Phase.Over when EndedByTrailers || IsDuplex:
                return DirectionStep.Ignore;
            case Phase.Over:
                EndedByTrailers = true;
                return DirectionStep.Continue;
        }

        EndedByTrailers = true;
        if (IsInOneMessage)
        {
            // A body would have come before them.
            _phase = Phase.Over;
            return DirectionStep.Continue;
        }

        _phase = Phase.Judging;
        return DirectionStep.Judge;
    }

    /// <summary>The verdict has been answered.</summary>
    /// <returns>Whether trailers came meanwhile, which are to be answered now.</returns>
    public bool Judged()
    {
        _phase = Phase.Over;
        EndedByTrailers |= HasWaitingTrailers;
        return HasWaitingTrailers;
    }

    private Trouble Unusable() => mode switch
    {
        null => Trouble.NoMode,
        BodySendMode.None => isScanned ? Trouble.None : Trouble.NothingIsScanned,
        BodySendMode.Buffered or BodySendMode.FullDuplexStreamed => Trouble.None,
        BodySendMode.Streamed => letsUnheldPass ? Trouble.None : Trouble.Streamed,
        BodySendMode.BufferedPartial => letsUnheldPass ? Trouble.None : Trouble.BufferedPartial,
        _ => Trouble.UnknownMode,
    };

    private DirectionStep Refuse(Trouble trouble)
    {
        Trouble = trouble;
        _phase = Phase.Over;
        return DirectionStep.Refuse;
    }
}
