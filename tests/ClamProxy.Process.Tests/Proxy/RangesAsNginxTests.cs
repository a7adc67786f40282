using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// Ranges of the same files from nginx and from ClamProxy: decision 0016 says where they differ, and they may differ nowhere else.
/// </summary>
public sealed partial class RangesAsNginxTests
{
    private const int Seed = 20260115;
    private const int Requests = 10_000;
    private const int Connections = 4;
    private const string Date = "Thu, 20 Nov 2025 08:00:00 GMT";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly int[] Sizes = [0, 1, 2, 10, 10, 1_000, 1_000, 70_000, 70_000];

    [Fact]
    public async Task TenThousandRandomRanges_GetTheSameFromBoth()
    {
        await using var servers = await StartAsync();
        using var limit = new CancellationTokenSource(Limit);
        var random = new RandomRanges(Seed);
        var ifRanges = await IfRangesAsync(servers, limit.Token);
        var asked = Enumerable.Range(0, Requests).Select(_ => Sizes[random.Next(Sizes.Length)]).Select(size =>
            (
                Size: size,
                Range: random.Field(size),
                IfRange: random.Next(3) == 0 ? $"If-Range: {random.Pick(ifRanges[size])}\r\n" : "")).ToArray();

        var differences = await Task.WhenAll(
            asked.Chunk(Requests / Connections).Select(part => DifferencesAsync(servers, part, limit.Token)));

        var all = differences.SelectMany(found => found).ToArray();
        Assert.True(all.Length == 0, $"{all.Length} differences, such as\n{string.Join('\n', all.Take(20))}");
    }

    [Fact]
    public async Task NginxRefuses_WhatTheRfcHasEveryoneRead()
    {
        await using var servers = await StartAsync();
        using var limit = new CancellationTokenSource(Limit);
        using var nginx = await servers.ToNginxAsync(limit.Token);
        using var proxy = await servers.ToProxyAsync(limit.Token);
        string[] ranges =
        [
            "bytes=0-1,,3-4", "bytes=0-1,", "bytes=0-1,\t3-4", "bytes=0-9223372036854775808", "bytes=0-1,99999999999999999999-",
            "bytes=-99999999999999999999",
        ];

        foreach (var range in ranges)
        {
            Assert.Equal((range, 416), (range, (await nginx.GetAsync("/10", $"Range: {range}\r\n", limit.Token)).Status));
            Assert.Equal((range, 206), (range, (await servers.AskProxyAsync(proxy, 10, $"Range: {range}\r\n", limit.Token)).Status));
        }
    }

    private static Task<RangeServers> StartAsync() =>
        RangeServers.StartAsync(Sizes.Distinct(), new DateTimeOffset(2025, 11, 20, 8, 0, 0, TimeSpan.Zero));

    private static async Task<List<string>> DifferencesAsync(
        RangeServers servers, IEnumerable<(int Size, string Range, string IfRange)> asked, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        using var nginx = await servers.ToNginxAsync(cancellationToken);
        using var proxy = await servers.ToProxyAsync(cancellationToken);
        foreach (var (size, range, ifRange) in asked)
        {
            var expected = await nginx.GetAsync($"/{size}", $"Range: {AsNginxReadsIt(range)}\r\n{ifRange}", cancellationToken);
            var actual = await servers.AskProxyAsync(proxy, size, $"Range: {range}\r\n{ifRange}", cancellationToken);
            if (actual.AsRange() != expected.AsRange())
            {
                found.Add(
                    $"{size} bytes, {range}, {ifRange}: nginx {expected.Status} {expected["Content-Range"]}, ClamProxy {actual.Status} "
                        + $"{actual["Content-Range"]}");
            }
        }

        return found;
    }

    /// <summary>
    /// The three ways in which RFC 9110 has us read what nginx refuses: the same range, spelled so that nginx takes it too.
    /// </summary>
    private static string AsNginxReadsIt(string range)
    {
        const string Unit = "bytes=";
        if (!range.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return range;
        }

        var parts = range[Unit.Length..].Split(',').Select(part => part.Trim(' ', '\t')).Where(part => part.Length > 0).ToArray();
        return parts.Length == 0
            ? range
            : Unit + LongNumber().Replace(string.Join(',', parts), number =>
                long.TryParse(number.Value, CultureInfo.InvariantCulture, out _) ? number.Value : $"{long.MaxValue}");
    }

    private static async Task<Dictionary<int, string[]>> IfRangesAsync(RangeServers servers, CancellationToken cancellationToken)
    {
        using var nginx = await servers.ToNginxAsync(cancellationToken);
        var all = new Dictionary<int, string[]>();
        foreach (var size in Sizes.Distinct())
        {
            var etag = (await nginx.GetAsync($"/{size}", "", cancellationToken))["ETag"]!;
            all[size] =
            [
                etag,
                etag,
                etag,
                etag,
                etag,
                etag,
                $"W/{etag}",
                etag.Trim('"'),
                etag[..^1],
                $"{etag}, \"x\"",
                "\"x\"",
                "\"\"",
                "\"",
                "*",
                "",
                "nonsense",
                Date,
                Date,
                Date,
                Date,
                Date,
                Date,
                "Thursday, 20-Nov-25 08:00:00 GMT",
                "Thu Nov 20 08:00:00 2025",
                "Thu, 20 Nov 2025 07:59:59 GMT",
                "Thu, 20 Nov 2025 08:00:01 GMT", "Thu, 20 Nov 2025", "1763625600",
            ];
        }

        return all;
    }

    [GeneratedRegex(@"\d{19,}")]
    private static partial Regex LongNumber();
}
