namespace ClamProxy.Rewriting;

/// <summary>How a text writes the slashes of a link; a rewritten link has them the same way.</summary>
internal enum SlashForm
{
    /// <summary><c>/</c>.</summary>
    Plain = 0,

    /// <summary><c>\/</c>, as many writers of JSON have it.</summary>
    JsonEscape,

    /// <summary><c>\u002f</c>, in JSON.</summary>
    JsonCode,

    /// <summary><c>&amp;#x2F;</c>, as template engines have it in HTML.</summary>
    HtmlHex,

    /// <summary><c>&amp;#47;</c>, in HTML.</summary>
    HtmlDecimal,

    /// <summary><c>&amp;sol;</c>, in HTML.</summary>
    HtmlName,
}
