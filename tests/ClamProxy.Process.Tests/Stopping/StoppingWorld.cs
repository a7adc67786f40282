using System.Net.Sockets;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Stopping;

/// <summary>A ClamProxy process that is about to be stopped, with an upstream and a scanner that hang where a test wants them to.</summary>
internal sealed class StoppingWorld : IAsyncDisposable
{
    public const string Clean = "/clean";
    public const string NoHead = "/no-head";
    public const string NoEnd = "/no-end";
    public const string NoVerdict = "/no-verdict";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _hanging = new(0);
    private readonly SemaphoreSlim _cancelled = new(0);

    private StoppingWorld(FakeOrigin origin) => Origin = origin;

    public FakeOrigin Origin { get; }

    public FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    public ProxyProcess Proxy { get; private set; } = null!;

    public static async Task<StoppingWorld> StartAsync(params (string Name, string Value)[] settings)
    {
        var world = new StoppingWorld(await FakeOrigin.StartAsync());
        world.Program();
        var variables = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        variables["CLAMD_HOSTS"] = world.Clamd.Endpoint;
        variables["ALLOWED_UPSTREAMS"] = "127.0.0.1";
        world.Proxy = await ProxyProcess.StartAsync(variables);
        return world;
    }

    /// <summary>Asks, and waits until that hangs.</summary>
    public async Task<Task<HttpResponseMessage>> HangAsync(string path)
    {
        var answer = Proxy.GetAsync(path, Origin.Url);
        Assert.True(await _hanging.WaitAsync(Limit));
        return answer;
    }

    /// <summary>Lets the held scans be answered.</summary>
    public void LetGo() => _goOn.TrySetResult();

    /// <summary>Waits until so many downloads and scans were seen to be given up, by upstream and scanner themselves.</summary>
    public async Task AreGivenUpAsync(int count)
    {
        for (var seen = 0; seen < count; seen++)
        {
            Assert.True(await _cancelled.WaitAsync(Limit), $"{seen} of {count} given up");
        }
    }

    public async Task IsRefusedAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await ConnectsAsync(limit.Token))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <returns>The exit code.</returns>
    public async Task<int> EndsAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await Proxy.WaitForExitAsync(limit.Token);
        return Proxy.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        LetGo();
        await Proxy.DisposeAsync();
        await Origin.DisposeAsync();
        await Clamd.DisposeAsync();
        _hanging.Dispose();
        _cancelled.Dispose();
    }

    private void Program()
    {
        var body = new byte[300_000];
        Origin.On(Clean, [1, 2, 3]).On(NoVerdict, body);
        Origin.On(NoHead, context => HangAsync(context.RequestAborted));
        Origin.On(NoEnd, async context =>
        {
            context.Response.ContentLength = 2 * body.Length;
            await context.Response.Body.WriteAsync(body);
            await context.Response.Body.FlushAsync();
            await HangAsync(context.RequestAborted);
        });
        Clamd.OnContent = async (connection, content) =>
        {
            if (content.Length == body.Length)
            {
                _hanging.Release();
                await HangAsync(connection);
            }
            else
            {
                await connection.ReplyAsync("stream: OK\0");
            }
        };
    }

    /// <summary>
    /// Answers a scan when it is let go; a client that leaves before has given it up. One that waits long says END first, and waits for the
    /// connection's end.
    /// </summary>
    private async Task HangAsync(FakeClamdConnection connection)
    {
        var (number, hasEnded) = (connection.Command, false);
        while (true)
        {
            var left = connection.HasLeftAsync();
            if (await Task.WhenAny(left, _goOn.Task) != left)
            {
                await connection.ReplyAsync("stream: OK\0", number);
                if (hasEnded)
                {
                    connection.HalfClose();
                    await left;
                }

                return;
            }

            if (await left)
            {
                _cancelled.Release();
                return;
            }

            hasEnded = await connection.ReadCommandAsync() is "zEND";
        }
    }

    private async Task HangAsync(CancellationToken aborted)
    {
        _hanging.Release();
        await Task.Delay(Timeout.Infinite, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cancelled.Release();
    }

    private async Task<bool> ConnectsAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Proxy.Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
