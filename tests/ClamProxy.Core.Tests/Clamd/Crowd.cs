using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>A scanner whose scans end when the test says so.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private readonly SemaphoreSlim _ends = new(0);

    /// <param name="isHeld">Which contents are held; all where null.</param>
    public Crowd(Func<byte[], bool>? isHeld = null) => Clamd.OnContent = async (connection, content) =>
    {
        if (isHeld?.Invoke(content) ?? true)
        {
            await _ends.WaitAsync();
        }

        await connection.ReplyAsync("stream: OK\0");
    };

    public FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    public void LetOneGo() => _ends.Release();

    public void LetAllGo() => _ends.Release(1000);

    /// <summary>Waits until so many contents have reached it in all.</summary>
    public async Task UntilAsync(int contents)
    {
        while (Clamd.Contents.Count < contents)
        {
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        LetAllGo();
        await Clamd.DisposeAsync();
        _ends.Dispose();
    }
}
