using ClamProxy.Core.Download;
using ClamProxy.Core.Settings;

namespace ClamProxy.Rewriting;

/// <summary>One prefix of links that a route's text answers hold, and the path of this proxy that replaces it.</summary>
public sealed class RewriteOptions
{
    private const string TakesFrom = "takes an absolute http or https URL without user-info, query or fragment, such as "
        + "https://files.pythonhosted.org/";
    private const string TakesTo = "takes a path that begins and ends with /, such as /pypi-files/";

    /// <summary>Longer ones are no prefix of links, and what is held of a text while it is looked through grows with them.</summary>
    private const int MostCharacters = 1024;

    /// <summary>What links begin with; it ends where a segment of theirs ends, whether it has a slash there or not.</summary>
    [Setting(TakesFrom)]
    public string From { get; init; } = "";

    /// <summary>The path that replaces it, below PUBLIC_URL; most often another route's.</summary>
    [Setting(TakesTo)]
    public string To { get; init; } = "";

    internal IEnumerable<SettingProblem> Problems()
    {
        if (From.Length > MostCharacters || !From.All(UrlText.IsPlain) || Target.TryCreate(From, "/", out _) is null)
        {
            yield return new(nameof(From), From, TakesFrom);
        }

        if (To.Length > MostCharacters || !To.StartsWith('/') || !To.EndsWith('/') || !To.All(UrlText.IsPlain))
        {
            yield return new(nameof(To), To, TakesTo);
        }
    }
}
