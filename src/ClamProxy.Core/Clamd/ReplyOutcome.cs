namespace ClamProxy.Core.Clamd;

/// <summary>What clamd's reply means for the content.</summary>
internal static class ReplyOutcome
{
    private const string Limits = "Heuristics.Limits.Exceeded";
    private const string Encrypted = "Heuristics.Encrypted.";
    private const string StreamTooLong = "INSTREAM size limit exceeded.";

    public static ScanOutcome Of(ClamdReply reply) => reply.Kind switch
    {
        ReplyKind.None => ScanOutcome.Error,
        ReplyKind.Clean => ScanOutcome.Clean,
        ReplyKind.Found => OfSignature(reply.Text),
        ReplyKind.Error => reply.Text is StreamTooLong ? ScanOutcome.TooLarge : ScanOutcome.Error,
        ReplyKind.ReadTimedOut => ScanOutcome.Error,
    };

    /// <summary>One sentence for people.</summary>
    public static string Detail(ScanOutcome outcome, string text) => outcome switch
    {
        ScanOutcome.Clean => "Nothing was found.",
        ScanOutcome.Found => $"{text} was found.",
        ScanOutcome.TooLarge => $"It is larger than the scanner accepts: raise {Limit(text)} in clamd.conf.",
        ScanOutcome.Encrypted => $"It is encrypted ({text}): the scanner cannot look inside.",
        ScanOutcome.EngineLimit => $"The scanner stopped at a limit of its own: raise {Limit(text)} in clamd.conf.",
        ScanOutcome.Error => $"The scanner could not scan it: {text}",
        ScanOutcome.None or ScanOutcome.Unavailable or ScanOutcome.Busy =>
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "no reply says so"),
    };

    private static ScanOutcome OfSignature(string signature)
    {
        if (signature is $"{Limits}.MaxFileSize" or $"{Limits}.MaxScanSize")
        {
            return ScanOutcome.TooLarge;
        }

        if (signature is Limits || signature.StartsWith(Limits + ".", StringComparison.Ordinal))
        {
            return ScanOutcome.EngineLimit;
        }

        return signature.StartsWith(Encrypted, StringComparison.Ordinal) ? ScanOutcome.Encrypted : ScanOutcome.Found;
    }

    /// <summary>The line of clamd.conf: the heuristic's last word, where it is one.</summary>
    private static string Limit(string text)
    {
        if (text is StreamTooLong)
        {
            return "StreamMaxLength";
        }

        var name = text.Length > Limits.Length ? text[(Limits.Length + 1)..] : "";
        return name.Length > 0 && name.All(char.IsAsciiLetter) ? name : "the limit that its log names";
    }
}
