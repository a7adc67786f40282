namespace ClamProxy.Problems;

/// <summary>Text of somebody else's, made fit for a status line or a message.</summary>
internal static class SafeText
{
    /// <summary>The text, cut to a length, with everything but visible ASCII and spaces replaced.</summary>
    public static string Cut(string text, int most) =>
        string.Concat(text.Take(most).Select(c => c is >= ' ' and <= '~' ? c : '_')) + (text.Length > most ? "..." : "");

    /// <summary>The text as one word of a reason phrase: letters, digits, dot, hyphen and underscore only, 80 at most.</summary>
    public static string Word(string text) =>
        string.Concat(text.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
}
