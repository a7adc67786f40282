using System.Text.RegularExpressions;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// The fields by which servers choose among the forms of a file, and say so in Vary (RFC 9110 §12.5.1, §12.5.4, §12.5.5). One with an
/// ordinary value selects only where Vary names it; any other value could be there for what a server that does not say so makes of it.
/// </summary>
internal static partial class NegotiatedFields
{
    /// <summary>Longer ones are not ordinary: browsers and package clients send up to 200 characters.</summary>
    private const int MostCharacters = 512;

    public const string Accept = "Accept";

    public const string AcceptLanguage = "Accept-Language";

    public static readonly IReadOnlyList<string> Names = [Accept, AcceptLanguage];

    /// <summary>Whether a value is a list of media ranges, or of language ranges.</summary>
    public static bool IsOrdinary(string name, string value) =>
        value.Length <= MostCharacters
        && (name.Equals(Accept, StringComparison.OrdinalIgnoreCase) ? MediaRanges() : LanguageRanges()).IsMatch(value);

    // A member is a range with parameters: no text that a page could show as markup.
    [GeneratedRegex(
        @"^(?:[ \t]*[A-Za-z0-9_!#$&^.+*-]+/[A-Za-z0-9_!#$&^.+*-]+(?:[ \t]*;[ \t]*[A-Za-z0-9_.-]+=[A-Za-z0-9_.+*-]+)*[ \t]*(?:,|\z))+\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex MediaRanges();

    [GeneratedRegex(
        @"^(?:[ \t]*(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:[ \t]*;[ \t]*q=[0-9.]+)?[ \t]*(?:,|\z))+\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex LanguageRanges();
}
