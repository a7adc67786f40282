using System.Net;
using System.Text.Json;

namespace ClamProxy.Process.Tests.Stopping;

/// <summary>What a process does that is asked to end, as its clients and its orchestrator see it.</summary>
public sealed class StopTests
{
    private static readonly (string, string) NoDelay = ("STOP_DELAY", "0");
    private static readonly (string, string) Soon = ("STOP_WITHIN", "1s");
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_ReadyzIsOffWhileRequestsAreStillAnswered()
    {
        await using var world = await StoppingWorld.StartAsync(("STOP_DELAY", "5m"), ("STOP_WITHIN", "10m"));

        world.Proxy.Terminate();

        Assert.Equal("stopping", await NotReadyAsync(world));
        using var answer = await world.Proxy.GetAsync(StoppingWorld.Clean, world.Origin.Url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.ConnectionClose);
    }

    [Fact]
    public async Task AskedTwice_EndsAtOnceWithTheSignalsCode()
    {
        await using var world = await StoppingWorld.StartAsync(("STOP_DELAY", "5m"), ("STOP_WITHIN", "10m"));
        var held = await world.HangAsync(StoppingWorld.NoVerdict);
        world.Proxy.Terminate();
        await NotReadyAsync(world);

        world.Proxy.Interrupt();

        Assert.Equal(130, await world.EndsAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FlightUnderWay_FinishesAndNobodyNewIsLetIn(bool isInterrupt)
    {
        // Ctrl-C takes no notice of the delay.
        await using var world = isInterrupt
            ? await StoppingWorld.StartAsync(("STOP_DELAY", "5m"), ("STOP_WITHIN", "10m"))
            : await StoppingWorld.StartAsync(NoDelay);
        var held = await world.HangAsync(StoppingWorld.NoVerdict);
        Action ask = isInterrupt ? world.Proxy.Interrupt : world.Proxy.Terminate;

        ask();
        await world.IsRefusedAsync();
        Assert.False(held.IsCompleted);
        world.LetGo();

        using var answer = await held;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(300_000, (await answer.Content.ReadAsByteArrayAsync(Cancelled)).Length);
        Assert.Equal(0, await world.EndsAsync());
    }

    [Fact]
    public async Task DeadlineOver_HeldClientsAreToldAndUpstreamAndScannerAreLeft()
    {
        await using var world = await StoppingWorld.StartAsync(NoDelay, Soon);
        var held = new[]
        {
            await world.HangAsync(StoppingWorld.NoHead), await world.HangAsync(StoppingWorld.NoEnd), await world.HangAsync(
                StoppingWorld.NoVerdict),
        };

        world.Proxy.Terminate();

        foreach (var one in held)
        {
            using var answer = await one;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "Stopping"), (answer.StatusCode, answer.ReasonPhrase));
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.True(answer.Headers.ConnectionClose);
            Assert.Contains("urn:clamproxy:problem:stopping", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }

        await world.AreGivenUpAsync(3);
        Assert.Equal(0, await world.EndsAsync());
        Assert.DoesNotContain("fail ", world.Proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadlineOver_TransferThatHasBegunIsBrokenOff()
    {
        await using var world = await StoppingWorld.StartAsync(
            NoDelay, Soon, ("PATIENCE_SECONDS", "0"), ("ClamProxy__Gate__TrickleInterval", "100ms"));
        using var request = world.Proxy.Request(StoppingWorld.NoVerdict, world.Origin.Url);
        using var answer = await world.Proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        world.Proxy.Terminate();

        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(0, await world.EndsAsync());
    }

    [Fact]
    public async Task NothingToDo_EndsAtOnce()
    {
        await using var world = await StoppingWorld.StartAsync(NoDelay);
        world.Proxy.Terminate();
        Assert.Equal(0, await world.EndsAsync());
    }

    private static async Task<string?> NotReadyAsync(StoppingWorld world)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await world.Proxy.AnswersAsync("/readyz"))
        {
            await Task.Delay(20, limit.Token);
        }

        using var answer = await world.Proxy.Management.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
        using var report = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(limit.Token));
        return report.RootElement.GetProperty("problem").GetString();
    }
}
