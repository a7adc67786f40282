using System.Collections.Concurrent;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Mixed;

/// <summary>
/// Clients that work: stored files, new files, and new URLs of known contents, each request a little after the last answer.
/// </summary>
internal sealed class HonestWork(MixedWorld world)
{
    private const int Size = 64 << 10;
    private const int PerKind = 2;
    private static readonly string[] Kinds = ["store hit", "cold scan", "known content"];
    private static readonly TimeSpan Think = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TestFiles _files = new();
    private readonly ConcurrentDictionary<string, int> _others = [];

    /// <summary>Answers that were not the file, in all.</summary>
    public IEnumerable<string> Others => _others.Select(pair => $"{pair.Key}: {pair.Value}");

    /// <summary>Works for a while.</summary>
    /// <returns>The right answers of each kind.</returns>
    public async Task<IReadOnlyList<(string Kind, int Right)>> RunAsync(TimeSpan duration)
    {
        using var end = new CancellationTokenSource(duration);
        using var client = world.Client("127.0.0.1", Deadline);
        var known = _files.Next(isInfected: false, Size);
        await AskAsync(client, known, "", cacheScan: true, CancellationToken.None);
        return await Task.WhenAll(
            Kinds.Select(
                async kind =>
                    (
                        kind,
                        (await Task.WhenAll(Enumerable.Range(0, PerKind).Select(_ => WorkAsync(client, kind, known, end.Token)))).Sum())));
    }

    private async Task<int> WorkAsync(HttpClient client, string kind, TestFile known, CancellationToken ending)
    {
        var right = 0;
        while (!ending.IsCancellationRequested)
        {
            var isRight = kind switch
            {
                "store hit" => await AskAsync(client, known, "", cacheScan: true, ending),
                "cold scan" => await AskAsync(client, _files.Next(isInfected: false, Size), "", cacheScan: false, ending),
                _ => await AskAsync(client, known, $"?{Guid.NewGuid():n}", cacheScan: true, ending),
            };
            right += isRight ? 1 : 0;
            await Task.Delay(Think, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return right;
    }

    private async Task<bool> AskAsync(HttpClient client, TestFile file, string query, bool cacheScan, CancellationToken ending)
    {
        try
        {
            using var request = ClientFrom.Ask(file.Path + query, $"http://127.0.0.1:{world.Files.Port}", cacheScan);
            using var answer = await client.SendAsync(request, ending);
            var body = await answer.Content.ReadAsByteArrayAsync(ending);
            if ((int)answer.StatusCode == 200 && body.AsSpan().SequenceEqual(file.Bytes()))
            {
                return true;
            }

            _others.AddOrUpdate($"{(int)answer.StatusCode} {answer.ReasonPhrase}", 1, (_, count) => count + 1);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !ending.IsCancellationRequested))
        {
            _others.AddOrUpdate(e.GetType().Name, 1, (_, count) => count + 1);
        }
        catch (OperationCanceledException)
        {
            // The end came first.
        }

        return false;
    }
}
