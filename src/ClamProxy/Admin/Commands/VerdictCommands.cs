using System.CommandLine;
using System.Text.Json;
using ClamProxy.Admin.Verdicts;
using ClamProxy.Commands;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;
using ClamProxy.Warming;

namespace ClamProxy.Admin.Commands;

/// <summary><c>clamproxy verdict</c> and <c>clamproxy purge</c>.</summary>
internal static class VerdictCommands
{
    private const string Takes = "takes an absolute http or https URL, or a SHA-256 of 64 hex digits";

    public static IEnumerable<AdminCommandLine> AddTo(RootCommand root)
    {
        var what = new Argument<string?>("URL|SHA256")
        {
            Description = "the upstream URL as log lines and problems have it, or a content's SHA-256",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "all URLs that begin so; it ends with a slash",
            HelpName = "URL",
        };
        var all = new Option<bool>("--all") { Description = "everything that is known and stored" };
        var verdict = new Command(AdminCommand.Verdict, "Tells what is known of a URL or a content.") { what };
        var purge = new Command(AdminCommand.Purge, "Removes verdicts and stored files: they are downloaded and scanned again.")
        {
            what, prefix, all,
        };
        root.Add(verdict);
        root.Add(purge);
        return
        [
            new(verdict, parsed => Subject(parsed.GetValue(what)) is { } subject
                ? (new(HttpMethod.Get, $"/verdicts?{subject.Name}={Uri.EscapeDataString(subject.Value)}", null, PrintVerdicts), null)
                : (null, Takes)),
            new(purge, parsed => (parsed.GetValue(what), parsed.GetValue(prefix), parsed.GetValue(all)) switch
            {
                (null, null, true) => (Post(new SubjectBody(All: true)), null),
                (null, { } start, false) => (Post(new SubjectBody(Prefix: start)), null),
                ({ } text, null, false) when Subject(text) is { } subject => (Post(subject.Body), null),
                _ => (null, $"{Takes}, or --prefix, or --all: one of them"),
            }),
        ];
    }

    private static AdminCall Post(SubjectBody body) =>
        new(HttpMethod.Post, "/purge", JsonSerializer.Serialize(body, AdminJson.Default.SubjectBody), PrintPurge);

    private static (string Name, string Value, SubjectBody Body)? Subject(string? text) =>
        text is null ? null
        : Sha256Text.IsValid(text.ToLowerInvariant()) ? ("sha256", text.ToLowerInvariant(), new(Sha256: text.ToLowerInvariant()))
        : WebUrl.Parse(text, out _) is { } url ? ("url", url.Text, new(Url: url.Text))
        : null;

    private static int PrintVerdicts(string answer, TextWriter output)
    {
        var list = JsonSerializer.Deserialize(answer, AdminJson.Default.VerdictListAnswer)!;
        foreach (var one in list.Verdicts)
        {
            var why = one.Signature ?? one.Reason;
            output.WriteLine(why is null ? one.Verdict : $"{one.Verdict} ({PlainWord.Of(why)})");
            output.WriteLine($"  sha256      {one.Sha256}{(one.Size is { } size ? $", {size} bytes" : "")}");
            output.WriteLine($"  scanned     {CommandText.Time(one.ScannedAt)} by ClamAV {CommandText.Plain(one.Engine)}, signatures "
                + $"{one.Database?.ToString() ?? "-"}{(one.Stale ? "; is scanned again before it is delivered" : "")}");
            output.WriteLine($"  store       {(one.Stored ? "the file is stored" : "the file is not stored")}");
            if (one.Detail is { } detail)
            {
                output.WriteLine($"  detail      {CommandText.Plain(detail)}");
            }
        }

        return list.Verdicts.All(one => one.Verdict == "clean") ? CommandExit.Clean : CommandExit.Refused;
    }

    private static int PrintPurge(string answer, TextWriter output)
    {
        var purged = JsonSerializer.Deserialize(answer, AdminJson.Default.PurgeAnswer)!;
        output.WriteLine(purged.Verdicts is null
            ? "purged: each is removed when it is next asked for"
            : $"purged: {purged.Verdicts} verdicts, {purged.Files} files");
        if (!purged.Shared)
        {
            output.WriteLine("Redis does not answer: the other processes learn of it when it does");
        }

        return 0;
    }
}
