using System.Globalization;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Problems;

/// <summary>The refusal of a content that is not clean.</summary>
internal static class RefusalProblem
{
    /// <param name="verdict">Not clean.</param>
    /// <param name="target">The URL that it comes from or was to go to, without its query.</param>
    /// <param name="status">What the door answers refusals with.</param>
    public static Problem Of(ContentRecord verdict, string target, int status) => verdict.Verdict switch
    {
        Verdict.Infected => Infected(verdict, target, status),
        Verdict.Unscannable when verdict.Reason == UnscannableReason.Blocked => Blocked(verdict, target, status),
        Verdict.Unscannable => Unscannable(verdict, target, status),
        Verdict.Clean or Verdict.None => throw new InvalidOperationException($"a refusal of a content that is {verdict.Verdict}"),
    };

    private static Problem Infected(ContentRecord verdict, string target, int status)
    {
        var signature = verdict.Signature ?? "unnamed";
        return new(
            status, "infected", $"Infected {SafeText.Word(signature)}",
            $"ClamAV found {SafeText.Cut(signature, 200)} in {FileOf(target)}. It was not delivered.")
        {
            Members = [new("signature", signature), .. Facts(verdict, target)],
        };
    }

    private static Problem Unscannable(ContentRecord verdict, string target, int status)
    {
        var reason = verdict.Reason.Name() ?? "unknown";
        return new(
            status, "unscannable", $"Unscannable {reason}",
            $"{FileOf(target)} could not be scanned completely ({reason}), so it was not delivered. {verdict.Detail}".TrimEnd())
        {
            Members = [new("reason", reason), .. Facts(verdict, target)],
        };
    }

    private static Problem Blocked(ContentRecord verdict, string target, int status) => new(
        status, "blocked", "Blocked by the operator",
        $"{FileOf(target)} is blocked by the operator of this proxy: {SafeText.Cut(verdict.Detail ?? "", 200)}")
    {
        Members = [.. Facts(verdict, target)],
    };

    /// <summary>The name that the client's user knows the file by: the last part of the path, readable, and safe on a terminal.</summary>
    public static string FileOf(string target)
    {
        var path = target.TrimEnd('/');
        var name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return SafeText.Cut(name, 120);
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(ContentRecord verdict, string target)
    {
        if (verdict.Sha256.Length > 0)
        {
            yield return new("sha256", verdict.Sha256);
        }

        yield return new("target", target);
        yield return new("scannedAt", verdict.ScannedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        if (verdict.Engine is { } engine)
        {
            yield return new("engine", engine);
            yield return new("signatureDatabase", verdict.Database?.ToString(CultureInfo.InvariantCulture) ?? "unversioned");
        }
    }
}
