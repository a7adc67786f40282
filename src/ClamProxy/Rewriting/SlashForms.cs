namespace ClamProxy.Rewriting;

internal static class SlashForms
{
    public static readonly SlashForm[] All = Enum.GetValues<SlashForm>();

    /// <summary>One slash in this form.</summary>
    public static string Text(this SlashForm form) => form switch
    {
        SlashForm.Plain => "/",
        SlashForm.JsonEscape => "\\/",
        SlashForm.JsonCode => "\\u002f",
        SlashForm.HtmlHex => "&#x2F;",
        SlashForm.HtmlDecimal => "&#47;",
        SlashForm.HtmlName => "&sol;",
    };
}
