using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>Hears of each call that processes make to their stores of jobs, and holds the one that it is told to hold.</summary>
internal sealed class StepServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<StepCall> _calls = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private StepHold? _hold;

    public StepServer()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public string Path => _folder.File("steps");

    /// <summary>All calls so far, in their order.</summary>
    public IReadOnlyCollection<StepCall> Calls => _calls;

    /// <summary>The first call that meets the step waits until it is released, or its process is gone.</summary>
    public StepHold Hold(JobStep step) => _hold = new StepHold(step);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _folder.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = HearAsync(await _listener.AcceptAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // At the end.
        }
    }

    private async Task HearAsync(Socket socket)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            if (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                var call = StepCall.Parse(line);
                _calls.Enqueue(call);
                await (_hold?.HoldAsync(call, _end.Token) ?? Task.CompletedTask);
                await stream.WriteAsync("."u8.ToArray(), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // Its process was killed.
        }
    }
}
