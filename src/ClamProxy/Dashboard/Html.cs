using System.Text;

namespace ClamProxy.Dashboard;

/// <summary>
/// Markup that may be sent as it is. It is made by <see cref="Of"/> alone, from text of this program and values that are encoded.
/// </summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    public static Html None => default;

    /// <summary>The markup of an interpolated string: its holes are encoded, but for those that are markup themselves.</summary>
    public static Html Of(HtmlInterpolation markup) => new(markup.Markup);

    /// <summary>One behind the other.</summary>
    public static Html Join(IEnumerable<Html> parts)
    {
        var markup = new StringBuilder();
        foreach (var part in parts)
        {
            markup.Append(part._markup);
        }

        return new Html(markup.ToString());
    }

    public override string ToString() => _markup ?? "";
}
