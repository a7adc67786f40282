using System.Globalization;
using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>The 409 of a content that is not clean.</summary>
internal static class RefusalProblem
{
    public static Problem Of(ContentRecord verdict, Target target) => verdict.Verdict switch
    {
        Verdict.Infected => Infected(verdict, target),
        Verdict.Unscannable when verdict.Reason == UnscannableReason.Blocked => Blocked(verdict, target),
        Verdict.Unscannable => Unscannable(verdict, target),
        Verdict.Clean or Verdict.None => throw new InvalidOperationException($"a refusal of a content that is {verdict.Verdict}"),
    };

    private static Problem Infected(ContentRecord verdict, Target target)
    {
        var signature = verdict.Signature ?? "unnamed";
        return new(
            StatusCodes.Status409Conflict, "infected", $"Infected {SafeText.Word(signature)}",
            $"ClamAV found {SafeText.Cut(signature, 200)} in {FileOf(target)}. It was not delivered.")
        {
            Members = [new("signature", signature), .. Facts(verdict, target)],
        };
    }

    private static Problem Unscannable(ContentRecord verdict, Target target)
    {
        var reason = verdict.Reason.Name() ?? "unknown";
        return new(
            StatusCodes.Status409Conflict, "unscannable", $"Unscannable {reason}",
            $"{FileOf(target)} could not be scanned completely ({reason}), so it was not delivered. {verdict.Detail}".TrimEnd())
        {
            Members = [new("reason", reason), .. Facts(verdict, target)],
        };
    }

    private static Problem Blocked(ContentRecord verdict, Target target) => new(
        StatusCodes.Status409Conflict, "blocked", "Blocked by the operator",
        $"{FileOf(target)} is blocked by the operator of this proxy: {SafeText.Cut(verdict.Detail ?? "", 200)}")
    {
        Members = [.. Facts(verdict, target)],
    };

    /// <summary>The name that the client's user knows the file by: the last part of the path, readable, and safe on a terminal.</summary>
    private static string FileOf(Target target)
    {
        var path = target.TextWithoutQuery.TrimEnd('/');
        var name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return SafeText.Cut(name, 120);
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(ContentRecord verdict, Target target)
    {
        if (verdict.Sha256.Length > 0)
        {
            yield return new("sha256", verdict.Sha256);
        }

        yield return new("target", target.TextWithoutQuery);
        yield return new("scannedAt", verdict.ScannedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        if (verdict.Engine is { } engine)
        {
            yield return new("engine", engine);
            yield return new("signatureDatabase", verdict.Database?.ToString(CultureInfo.InvariantCulture) ?? "unversioned");
        }
    }
}
