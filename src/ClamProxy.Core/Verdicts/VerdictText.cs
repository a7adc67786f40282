namespace ClamProxy.Core.Verdicts;

/// <summary>Verdicts as log lines and problems call them.</summary>
public static class VerdictText
{
    /// <summary>Such as <c>clean</c>, <c>infected (Eicar-Test-Signature)</c> or <c>unscannable (engine limit: …)</c>.</summary>
    public static string InWords(this ContentRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Verdict switch
        {
            Verdict.None => "without a verdict",
            Verdict.Clean => "clean",
            Verdict.Infected => $"infected ({record.Signature})",
            Verdict.Unscannable when record.Detail is { Length: > 0 } detail =>
                $"unscannable ({record.Reason.InWords()}: {detail.TrimEnd('.')})",
            Verdict.Unscannable => $"unscannable ({record.Reason.InWords()})",
        };
    }

    public static string InWords(this UnscannableReason reason) => reason.Tag().Replace('-', ' ');
}
