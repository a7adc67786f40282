namespace ClamProxy.Core.Fetching;

/// <summary>What is said of an answer that was not kept.</summary>
public static class KeepOutcomeText
{
    /// <summary>The <c>detail</c> of Cache-Status (RFC 9211 §2.8); null: there is nothing to say.</summary>
    public static string? Detail(this KeepOutcome outcome) => outcome switch
    {
        KeepOutcome.NotMeant or KeepOutcome.Kept => null,
        KeepOutcome.EndByClose => "end-by-close",
        KeepOutcome.Private => "private",
        KeepOutcome.SetCookie => "set-cookie",
        KeepOutcome.Varies => "vary",
        KeepOutcome.Coding => "content-coding",
        KeepOutcome.NoDate => "no-date",
        KeepOutcome.Credentials => "credentials",
        KeepOutcome.Conditions => "conditional",
        KeepOutcome.NotTaken => "not-taken",
    };

    /// <summary>Why it was not kept, for the log; null: it was, or it was not meant to be.</summary>
    internal static string? InWords(this KeepOutcome outcome) => outcome switch
    {
        KeepOutcome.NotMeant or KeepOutcome.Kept => null,
        KeepOutcome.EndByClose => "its body has no length and ends with its connection, so it may be truncated",
        KeepOutcome.Private => "its Cache-Control says private or no-store",
        KeepOutcome.SetCookie => "it sets a cookie that is not one of NetworkCookies",
        KeepOutcome.Varies => "its Vary names * or Via",
        KeepOutcome.Coding => "it has a Content-Encoding",
        KeepOutcome.NoDate => "it has no ETag, Last-Modified or Date",
        KeepOutcome.Credentials => "its request shows who the client is",
        KeepOutcome.Conditions => "its request had conditions of the client",
        KeepOutcome.NotTaken => "the store did not take it: its disk fails or is full, or the file is larger than STORE_SIZE allows",
    };

    /// <summary>Whether an operator could mend it; else it is so by the request, and usual.</summary>
    internal static bool IsWorthALine(this KeepOutcome outcome) =>
        outcome is not (KeepOutcome.NotMeant or KeepOutcome.Kept or KeepOutcome.Credentials or KeepOutcome.Conditions);
}
