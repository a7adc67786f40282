using System.CommandLine;
using System.Text.Json;
using ClamProxy.Admin.Rules;

namespace ClamProxy.Admin.Commands;

/// <summary><c>clamproxy waivers</c> and <c>clamproxy blocks</c>: list, add, remove.</summary>
internal static class RuleCommands
{
    public static IEnumerable<AdminCommandLine> AddTo(RootCommand root)
    {
        var waivers = new Command(AdminCommand.Waivers, "Exceptions: what is delivered in spite of its verdict.");
        var blocks = new Command(AdminCommand.Blocks, "Blocks: what is refused whatever a scanner says of it.");
        root.Add(waivers);
        root.Add(blocks);
        return [.. Common(waivers), .. Common(blocks), AddWaiver(waivers), AddBlock(blocks)];
    }

    private static IEnumerable<AdminCommandLine> Common(Command group)
    {
        var id = new Argument<string>("ID") { Description = "as the list has it" };
        var list = new Command("list", "All of them, and the file and entry where each stands.");
        var remove = new Command("remove", "Removes one that was added.") { id };
        group.Add(list);
        group.Add(remove);
        yield return new(list, _ => (new(HttpMethod.Get, $"/{group.Name}", null, PrintList), null));
        yield return new(remove, parsed => (
            new(HttpMethod.Delete, $"/{group.Name}/{Uri.EscapeDataString(parsed.GetValue(id)!)}", null, Printer("removed")), null));
    }

    private static AdminCommandLine AddWaiver(Command group)
    {
        var (sha256, target, reason) = (Sha256(), Target(), Reason());
        var signature = Text("--signature", "NAME", "one signature, in the scanner's spelling");
        var until = Text("--until", "TIME", "when it ends: 2027-01-31T00:00:00Z, or 1d, 12h", isRequired: true);
        var owner = Text("--owner", "NAME", "who is responsible; the credential's name where it is left out");
        var add = new Command("add", "Adds one; it counts at once and outlives restarts.")
        {
            sha256, signature, target, until, reason, owner,
        };
        group.Add(add);
        return new(add, parsed => (
            Post(group, JsonSerializer.Serialize(
                new WaiverBody(
                    parsed.GetValue(sha256), parsed.GetValue(signature), parsed.GetValue(target), parsed.GetValue(reason),
                    parsed.GetValue(until), parsed.GetValue(owner)),
                AdminJson.Default.WaiverBody)),
            null));
    }

    private static AdminCommandLine AddBlock(Command group)
    {
        var (sha256, target, reason) = (Sha256(), Target(), Reason());
        var package = Text("--package", "NAME", "a package's name");
        var version = Text("--version-of-package", "VERSION", "one version of the package");
        var until = Text("--until", "TIME", "when it ends: 2027-01-31T00:00:00Z, or 1d, 12h; never where it is left out");
        var add = new Command("add", "Adds one; it counts at once and outlives restarts.")
        {
            sha256, target, package, version, until, reason,
        };
        group.Add(add);
        return new(add, parsed => (
            Post(group, JsonSerializer.Serialize(
                new BlockBody(
                    parsed.GetValue(sha256), parsed.GetValue(target), parsed.GetValue(package), parsed.GetValue(version),
                    parsed.GetValue(reason), parsed.GetValue(until)),
                AdminJson.Default.BlockBody)),
            null));
    }

    private static Option<string?> Text(string name, string helpName, string description, bool isRequired = false) =>
        new(name) { Description = description, HelpName = helpName, Required = isRequired };

    private static Option<string?> Sha256() => Text("--sha256", "SHA256", "one content");

    private static Option<string?> Target() => Text("--target", "URL", "the beginning of URLs");

    private static Option<string?> Reason() => Text("--reason", "TEXT", "why", isRequired: true);

    private static AdminCall Post(Command group, string json) => new(HttpMethod.Post, $"/{group.Name}", json, Printer("added"));

    private static Func<string, TextWriter, int> Printer(string done) => (answer, output) =>
    {
        var rule = JsonSerializer.Deserialize(answer, AdminJson.Default.RuleAnswer)!;
        output.WriteLine($"{done}: {rule.Id} {Subject(rule)}, until {CommandText.Time(rule.Until)}");
        return 0;
    };

    private static int PrintList(string answer, TextWriter output)
    {
        var list = JsonSerializer.Deserialize(answer, AdminJson.Default.RuleListAnswer)!;
        CommandText.Table(output,
        [
            .. list.Rules.Select(rule => new[]
            {
                rule.Id, rule.InForce ? "in force" : "ended", CommandText.Time(rule.Until), Subject(rule), CommandText.Plain(rule.Owner),
                CommandText.Plain(rule.Reason), $"{CommandText.Plain(rule.File)}:{rule.Entry}{(rule.Removable ? " (added)" : "")}",
            }),
        ]);
        return 0;
    }

    private static string Subject(RuleAnswer rule) => CommandText.Plain(
        rule.Sha256 is not null ? $"sha256 {rule.Sha256}"
        : rule.Signature is not null ? $"signature {rule.Signature}"
        : rule.Target is not null ? $"target {rule.Target}"
        : $"package {rule.Package}{(rule.Version is null ? "" : $" {rule.Version}")}");
}
