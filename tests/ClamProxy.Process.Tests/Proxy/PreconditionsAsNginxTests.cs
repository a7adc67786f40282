using ClamProxy.Ranges;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>Conditions as nginx weighs them for its own files and as we do for stored ones; decision 0016 says where they differ.</summary>
public sealed class PreconditionsAsNginxTests
{
    private const int Seed = 20260116;
    private const int Requests = 3_000;
    private const string Earlier = "Thu, 20 Nov 2025 07:59:59 GMT";
    private const string Date = "Thu, 20 Nov 2025 08:00:00 GMT";
    private const string Later = "Fri, 21 Nov 2025 08:00:00 GMT";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Dates =
    [
        Earlier, Date, Date, Later, "Thursday, 20-Nov-25 08:00:00 GMT", "Thu Nov 20 08:00:00 2025", "soon", "", "0"
    ];

    [Fact]
    public async Task RandomConditions_AreWeighedAsNginxDoes()
    {
        await using var nginx = await StartAsync();
        using var limit = new CancellationTokenSource(Limit);
        var random = new RandomRanges(Seed);
        var file = await AskAsync(nginx, "/file", "", limit.Token);
        var etag = file["ETag"]!;

        var found = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            var asked = Conditions(random, etag);
            var ours = Preconditions.Evaluate(Request(asked), etag, file["Last-Modified"]);
            var nginxs = Outcome(await AskAsync(nginx, "/before/file", Lines(AsNginxReadsThem(asked)), limit.Token));
            if (ours != nginxs)
            {
                found.Add($"{Lines(asked)}: nginx {nginxs}, ClamProxy {ours}");
            }
        }

        Assert.True(found.Count == 0, $"{found.Count} differences, such as\n{string.Join('\n', found.Take(20))}");
    }

    [Theory]
    [InlineData("/before/file", "If-Unmodified-Since: soon", PreconditionOutcome.Failed, PreconditionOutcome.Proceed)]
    [InlineData("/before/file", $"If-Match: *|If-Unmodified-Since: {Earlier}", PreconditionOutcome.Failed, PreconditionOutcome.Proceed)]
    [InlineData(
        "/before/file", $"If-None-Match: *|If-Modified-Since: {Earlier}", PreconditionOutcome.Proceed, PreconditionOutcome.NotModified)]
    [InlineData(
        "/before/file", "If-Modified-Since: Monday, 20-Nov-25 08:00:00 GMT", PreconditionOutcome.NotModified, PreconditionOutcome.Proceed)]
    [InlineData("/file", $"If-Modified-Since: {Later}", PreconditionOutcome.Proceed, PreconditionOutcome.NotModified)]
    internal async Task NginxDiffers_WhereTheRfcLeavesNoChoice(
        string path, string fields, PreconditionOutcome nginxs, PreconditionOutcome ours)
    {
        await using var nginx = await StartAsync();
        using var limit = new CancellationTokenSource(Limit);
        var asked = fields.Split('|').Select(field => field.Split(": ")).ToDictionary(field => field[0], field => field[1]);

        Assert.Equal(nginxs, Outcome(await AskAsync(nginx, path, Lines(asked), limit.Token)));
        Assert.Equal(ours, Preconditions.Evaluate(Request(asked), "\"any\"", Date));
    }

    private static async Task<NginxFiles> StartAsync()
    {
        var nginx = await NginxFiles.StartAsync(maxRanges: 64);
        nginx.Add("file", [1, 2, 3], new DateTimeOffset(2025, 11, 20, 8, 0, 0, TimeSpan.Zero));
        return nginx;
    }

    /// <summary>On a connection of its own: nginx promises to keep it after a 412, and closes it.</summary>
    private static async Task<RawAnswer> AskAsync(NginxFiles nginx, string path, string fields, CancellationToken cancellationToken)
    {
        using var client = await RawClient.ConnectAsync(nginx.Port, cancellationToken);
        return await client.GetAsync(path, fields, cancellationToken);
    }

    private static Dictionary<string, string> Conditions(RandomRanges random, string etag)
    {
        string[] tags =
        [
            etag, etag, etag, $"W/{etag}", "\"x\"", "W/\"x\"", "*", "\"a,b\"", $"\"a,{etag[1..]}", "garbage", "", "\"open", $"{etag}x",
            etag.Trim('"')
        ];
        string[] commas = [", ", ",", " ,\t", ",,"];
        var conditions = new Dictionary<string, string>();
        foreach (var field in new[] { "If-Match", "If-None-Match" })
        {
            if (random.Next(3) == 0)
            {
                conditions[field] = string.Join(
                    random.Pick(commas), Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Pick(tags))).Trim(' ', '\t');
            }
        }

        foreach (var field in new[] { "If-Unmodified-Since", "If-Modified-Since" })
        {
            if (random.Next(3) == 0)
            {
                conditions[field] = random.Pick(Dates);
            }
        }

        return conditions;
    }

    /// <summary>Less the fields that do not count by RFC 9110 §13.2.2 and §13.1.4, which nginx weighs all the same.</summary>
    private static Dictionary<string, string> AsNginxReadsThem(Dictionary<string, string> asked)
    {
        var counting = new Dictionary<string, string>(asked);
        if (asked.ContainsKey("If-None-Match"))
        {
            counting.Remove("If-Modified-Since");
        }

        if (asked.ContainsKey("If-Match") || HttpDate.Read(asked.GetValueOrDefault("If-Unmodified-Since")) is null)
        {
            counting.Remove("If-Unmodified-Since");
        }

        return counting;
    }

    private static HeaderDictionary Request(Dictionary<string, string> fields) =>
        new(fields.ToDictionary(field => field.Key, field => new StringValues(field.Value)));

    private static string Lines(Dictionary<string, string> fields) =>
        string.Concat(fields.Select(field => $"{field.Key}: {field.Value}\r\n"));

    private static PreconditionOutcome Outcome(RawAnswer answer) => answer.Status switch
    {
        200 => PreconditionOutcome.Proceed,
        304 => PreconditionOutcome.NotModified,
        412 => PreconditionOutcome.Failed,
        _ => throw new InvalidOperationException($"nginx answered {answer.Status}"),
    };
}
