using System.Collections.Concurrent;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>Several clients that ask for the library's files in turn until told to stop, and check every byte they get.</summary>
/// <param name="pause">What each client waits for between two requests; without it they take all the computing time there is.</param>
internal sealed class Load(ProxyProcess proxy, Library library, TimeSpan pause = default) : IDisposable
{
    private const int Clients = 6;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<(int Status, bool IsRight)> _answers = [];
    private Task _clients = Task.CompletedTask;

    public int Answers => _answers.Count;

    /// <summary>Answers that were an error of ours or of a dependency, instead of the file or the refusal.</summary>
    public int Errors => _answers.Count(answer => !answer.IsRight);

    /// <summary>What they were, and the log of the process.</summary>
    public string ErrorsInWords => $"{string.Join('\n', _errors)}\n{proxy.Log}";

    public int RightOnes => _answers.Count(answer => answer.IsRight);

    public void Start() => _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(client))));

    /// <summary>Waits until so many more answers were right.</summary>
    public async Task MoreRightOnesAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var goal = RightOnes + count; RightOnes < goal;)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Ends the load. Nothing unsafe must have come.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _clients.WaitAsync(TimeSpan.FromSeconds(120));
        Assert.Empty(_wrong);
    }

    public void Dispose() => _stop.Dispose();

    private async Task AskAsync(int client)
    {
        var paths = library.Paths.ToArray();
        for (var number = client; !_stop.IsCancellationRequested; number++)
        {
            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var path = paths[number % paths.Length];
            try
            {
                using var response = await proxy.GetAsync(path, library.Origin.Url, cacheScan: number % 3 == 0);
                var body = await response.Content.ReadAsByteArrayAsync();
                var status = (int)response.StatusCode;
                if (library.Unsafe(path, status, body) is { } wrong)
                {
                    _wrong.Enqueue(wrong);
                }

                var error = library.Wrong(path, status, body);
                if (error is not null)
                {
                    _errors.Enqueue(error);
                }

                _answers.Enqueue((status, error is null));
            }
            catch (HttpRequestException e)
            {
                _errors.Enqueue($"{path}: {e.Message} {e.InnerException?.Message}");
                _answers.Enqueue((0, false));
            }
        }
    }
}
