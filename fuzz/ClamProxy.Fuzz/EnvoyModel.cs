using ClamProxy.Doors.ExtProc;
using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Fuzz;

/// <summary>An Envoy that says one message, and checks each step of <see cref="DirectionState"/> against what it holds.</summary>
internal sealed class EnvoyModel(BodySendMode? mode, bool isScanned, bool letsUnheldPass)
{
    private readonly DirectionState _state = new(mode, isScanned, letsUnheldPass);
    private bool _hasHeaders;
    private bool _hasEnded;
    private bool _isJudging;
    private bool _hasTrailers;
    private int _said;
    private int _taken;
    private int _unanswered;

    public BodySendMode? Mode => mode;

    /// <summary>The transaction has ended with an immediate response.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The property that does not hold; null: all do.</summary>
    public string? Violation { get; private set; }

    private bool IsDuplex => mode == BodySendMode.FullDuplexStreamed;

    private bool CanHold => mode is BodySendMode.Buffered or BodySendMode.FullDuplexStreamed;

    private bool IsInOneMessage => mode is BodySendMode.Buffered or BodySendMode.BufferedPartial;

    public DirectionStep? Headers(bool isEnd)
    {
        var step = _state.OnHeaders(isEnd);
        Require(!_hasHeaders || step == DirectionStep.Refuse, "headers twice are refused");
        if (!_hasHeaders && !isEnd)
        {
            var isUsable = CanHold
                || (mode == BodySendMode.None && isScanned)
                || (mode is BodySendMode.Streamed or BodySendMode.BufferedPartial && letsUnheldPass);
            Require(isUsable != (step == DirectionStep.Refuse), "a mode is refused if and only if it cannot be scanned");
            Require(!isUsable || IsDuplex == (step == DirectionStep.Hold), "headers are held in full duplex, and there alone");
        }

        if (!_hasHeaders && isEnd)
        {
            Require(step == DirectionStep.Continue, "what has no body passes");
            _hasEnded = true;
        }

        _hasHeaders = true;
        return Took(step);
    }

    public DirectionStep? Body(bool isEmpty, bool isEnd)
    {
        var step = _state.OnBody(isEmpty, isEnd);
        Require(_hasHeaders || step == DirectionStep.Refuse, "a body without headers is refused");
        Require(step != DirectionStep.Continue && step != DirectionStep.Hold, "a body is taken, refused or ignored");
        Require(!CanHold || isEmpty || step != DirectionStep.TakeAndContinue, "no byte passes before a verdict where it can be held");
        Require(!_hasEnded || step == DirectionStep.Ignore, "what follows the end is not read");
        Require(
            _hasEnded || step is DirectionStep.Refuse or DirectionStep.Take or DirectionStep.TakeAndContinue or DirectionStep.Judge,
            "nothing of a body is left out before its end");
        Require(
            _hasEnded || step == DirectionStep.Refuse || (isEnd || (IsInOneMessage && !isEmpty)) == (step == DirectionStep.Judge),
            "the end of a body calls for its verdict");
        _said += _hasEnded || isEmpty ? 0 : 1;
        _taken += isEmpty || step is DirectionStep.Ignore or DirectionStep.Refuse ? 0 : 1;
        _hasEnded |= step == DirectionStep.Judge;
        return Took(step);
    }

    public DirectionStep? Trailers()
    {
        var step = _state.OnTrailers();
        Require(step is not (DirectionStep.Take or DirectionStep.TakeAndContinue), "trailers have no bytes");
        Require(!_isJudging || step is DirectionStep.Hold or DirectionStep.Ignore, "trailers do not pass before the verdict");
        Require(
            step != DirectionStep.Continue || _hasEnded || mode == BodySendMode.None || IsInOneMessage,
            "trailers that end a body call for its verdict");
        _hasTrailers = true;

        // Where no body is shown, headers need not be either.
        _hasHeaders |= step == DirectionStep.Continue;
        _hasEnded |= step is DirectionStep.Judge or DirectionStep.Continue;
        return Took(step);
    }

    public DirectionStep? Verdict(bool passes)
    {
        if (!_isJudging)
        {
            return null;
        }

        Require(_said == _taken, "all bytes up to the end are judged, and none behind it");
        _isJudging = false;
        if (!passes)
        {
            IsOver = true;
            return DirectionStep.Refuse;
        }

        var waits = _state.Judged();
        Require(!waits || _hasTrailers, "trailers are answered if they came");
        _unanswered -= waits ? 2 : 1;
        Require(IsDuplex || _unanswered == 0, "each message has one answer");
        Require(!_state.EndedByTrailers || _hasTrailers, "what ends with trailers had some");
        return DirectionStep.Continue;
    }

    private DirectionStep Took(DirectionStep step)
    {
        Require(!_state.IsOpen || (_hasHeaders && !_hasEnded), "a body is open between headers and end");
        Require(step == DirectionStep.Refuse == (_state.Trouble != Trouble.None), "a refusal has its reason");
        _isJudging |= step == DirectionStep.Judge;
        _unanswered += step is DirectionStep.Judge or DirectionStep.Hold && !IsDuplex ? 1 : 0;
        _unanswered += step == DirectionStep.Judge && IsDuplex ? 1 : 0;
        IsOver = step == DirectionStep.Refuse;
        return step;
    }

    private void Require(bool holds, string property) => Violation ??= holds ? null : property;
}
