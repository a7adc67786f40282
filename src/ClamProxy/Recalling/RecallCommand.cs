using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.Configuration;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;
using ClamProxy.Management;
using ClamProxy.Warming;

namespace ClamProxy.Recalling;

/// <summary><c>clamproxy recall SHA256</c>: asks the management port of a running ClamProxy who took a content.</summary>
internal static class RecallCommand
{
    /// <summary>The word that begins its command line.</summary>
    public const string Name = "recall";

    /// <param name="args">What stands behind <c>recall</c>.</param>
    /// <returns>0: nobody took it; 1: somebody did; 2: that is not known; 64: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var what = new Argument<string>("SHA256") { Description = "a content's SHA-256, as log lines and problems have it" };
        var json = new Option<bool>("--json") { Description = "the answer as one JSON object" };
        var management = new Option<string>("--management")
        {
            Description = "the management port to ask; credentials as name:password@ before the host",
            HelpName = "URL",
            DefaultValueFactory = _ => ManagementClient.UsualAddress(),
        };
        var commands = new RootCommand("A caching HTTP reverse proxy that scans every file.")
        {
            new Command(Name, "Tells who took a content.") { what, json, management },
        };
        var parsed = commands.Parse([Name, .. args]);
        if (parsed.Errors.Count == 0 && parsed.Action is not null)
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        }

        var sha256 = parsed.Errors.Count > 0 ? "" : parsed.GetValue(what)!.ToLowerInvariant();
        var proxy = parsed.Errors.Count > 0 ? null : ProxyBase.Parse(parsed.GetValue(management)!);
        var wrong = parsed.Errors.Count > 0 ? parsed.Errors[0].Message
            : !Sha256Text.IsValid(sha256) ? "takes a SHA-256 of 64 hex digits"
            : proxy is null ? "--management takes an absolute http or https URL such as http://127.0.0.1:8081"
            : null;
        if (wrong is not null)
        {
            await error.WriteLineAsync($"clamproxy {Name}: {SettingText.OneLine(wrong)} (clamproxy {Name} --help says more)");
            return CommandExit.Usage;
        }

        return await ManagementClient.AskAsync(proxy!, RecallAction.Path, $"{{\"sha256\": \"{sha256}\"}}", error) is { } answer
            ? await PrintAsync(answer, parsed.GetValue(json), output)
            : CommandExit.Failed;
    }

    private static async Task<int> PrintAsync(string answer, bool isJson, TextWriter output)
    {
        var recall = JsonSerializer.Deserialize(answer, RecallJson.Default.RecallAnswer)!;
        await output.WriteLineAsync(isJson ? answer : InWords(recall));
        return recall.Rows == 0 ? CommandExit.Clean : CommandExit.Refused;
    }

    private static string InWords(RecallAnswer recall)
    {
        if (recall.Rows == 0)
        {
            return "Nobody took it, as far as the record goes back.";
        }

        var lines = new List<string>();
        if (recall.Signature is { } signature)
        {
            lines.Add($"Turned out infected ({PlainWord.Of(signature)}), found last at {Time(recall.DetectedAt!.Value)}.");
        }

        lines.Add($"{recall.Clients} {(recall.Clients == 1 ? "client" : "clients")}:");
        lines.AddRange(recall.Takers.Select(InWords));
        if (recall.Rows > recall.Takers.Count)
        {
            lines.Add($"… and {recall.Rows - recall.Takers.Count} more rows.");
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static string InWords(TakerRow taker) => string.Join("  ", [
        Time(taker.Last),
        PlainWord.Of(taker.Client),
        PlainWord.Of(taker.User),
        taker.Door,
        taker.Verdict,
        string.Create(CultureInfo.InvariantCulture, $"{taker.Times}x"),
        string.Create(CultureInfo.InvariantCulture, $"{taker.Bytes} bytes"),
        PlainWord.Of(taker.Url),
        PlainWord.Of(taker.RequestId),
    ]);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
