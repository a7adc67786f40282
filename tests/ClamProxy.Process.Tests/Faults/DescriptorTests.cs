using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>A process that may open no descriptor for a while.</summary>
public sealed class DescriptorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SeveralProbes = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task OutOfDescriptorsWhileScannersAreProbed_TheyAreFoundAgain()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", new byte[100_000]);
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Clamd__ProbeInterval"] = "100ms",
        });
        using (var first = await proxy.GetAsync("/file", origin.Url))
        {
            Assert.Equal(200, (int)first.StatusCode);
        }

        proxy.RunOutOfDescriptors();
        await NoProbeCameForAsync(SeveralProbes, clamd);
        proxy.GiveDescriptorsBack();

        Assert.False(proxy.HasExited, proxy.Log);
        var asked = clamd.Commands.Count;
        await UntilAsync(() => clamd.Commands.Count > asked);
        using var answer = await proxy.GetAsync("/file", origin.Url);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    /// <summary>Nothing has been asked yet, so that what answers need is still to be loaded, compiled and begun.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OutOfDescriptorsBeforeTheFirstRequest_TheProcessLives(bool isOfDotnet)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", new byte[100_000]);
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = clamd.Endpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            },
            program: isOfDotnet ? ProxyProgram.OfDotnet : ProxyProgram.Tested);
        // Connected before: the first answers to these come while nothing can be opened.
        var before = proxy.Descriptors;
        using var connected = new TcpClient();
        await connected.ConnectAsync(IPAddress.Loopback, proxy.Port);
        await UntilAsync(() => proxy.Descriptors > before);

        proxy.RunOutOfDescriptors();
        await connected.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET /file HTTP/1.1\r\nHost: x\r\nDownload-From: {origin.Url}\r\nConnection: close\r\n\r\n"));
        using var answer = new StreamReader(connected.GetStream(), Encoding.Latin1);
        var line = await answer.ReadLineAsync().WaitAsync(Limit);
        proxy.GiveDescriptorsBack();

        Assert.Matches("^HTTP/1.1 50[23] ", line);
        Assert.False(proxy.HasExited, proxy.Log);
        using var later = await proxy.GetAsync("/file", origin.Url);
        Assert.Equal(200, (int)later.StatusCode);
    }

    private static async Task NoProbeCameForAsync(TimeSpan time, FakeClamd clamd)
    {
        var (asked, since) = (clamd.Commands.Count, Stopwatch.GetTimestamp());
        await UntilAsync(() =>
        {
            (asked, since) = clamd.Commands.Count == asked ? (asked, since) : (clamd.Commands.Count, Stopwatch.GetTimestamp());
            return Stopwatch.GetElapsedTime(since) > time;
        });
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
