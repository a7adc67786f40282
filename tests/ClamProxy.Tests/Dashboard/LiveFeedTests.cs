using System.Text;
using System.Text.Json;
using ClamProxy.Dashboard;
using ClamProxy.Dashboard.Languages;
using ClamProxy.Dashboard.Live;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Tests.Dashboard;

/// <summary>What keeps open pages up to date, within bounds.</summary>
public sealed class LiveFeedTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly Dictionary<string, Html> _regions = new() { ["a"] = Html.Of($"<p>1</p>"), ["b"] = Html.Of($"<p>2</p>") };
    private int _rendered;

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task OpenPage_GetsAllThenWhatChanged()
    {
        var (page, feed) = (new Page(), Feed());
        var answer = feed.AnswerAsync(page.Context, English);
        Assert.Equal(["a", "b"], Names(await page.NextAsync()));

        _regions["b"] = Html.Of($"<p>{"<3>"}</p>");
        var next = page.NextAsync();
        await AdvanceUntilAsync(next, TimeSpan.FromSeconds(2));
        var text = await next;

        Assert.Equal(["b"], Names(text));
        Assert.Contains("<p>&lt;3&gt;</p>", text, StringComparison.Ordinal);
        await page.CloseAsync(answer);
        Assert.Equal(0, feed.Open);
    }

    [Fact]
    public async Task ManyPages_AreRenderedForOnce()
    {
        var feed = Feed();
        var pages = Enumerable.Range(0, 20).Select(_ => new Page()).ToList();
        var answers = pages.Select(page => feed.AnswerAsync(page.Context, English)).ToList();

        foreach (var page in pages)
        {
            await page.NextAsync();
        }

        Assert.Equal(1, _rendered);
        await Task.WhenAll(pages.Zip(answers, (page, answer) => page.CloseAsync(answer)));
    }

    [Fact]
    public async Task OneTooMany_IsSentAway()
    {
        var feed = Feed(new() { MaxLive = 1 });
        var (first, second) = (new Page(), new Page());
        var answer = feed.AnswerAsync(first.Context, English);
        await first.NextAsync();

        await feed.AnswerAsync(second.Context, English).WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.Equal((503, "30"), (second.Context.Response.StatusCode, second.Context.Response.Headers.RetryAfter.ToString()));
        await first.CloseAsync(answer);
        Assert.Equal(0, feed.Open);
    }

    [Fact]
    public async Task PageThatTakesNothing_IsDisconnected()
    {
        var (page, feed) = (new Page(isStuck: true), Feed(new() { SendWithin = TimeSpan.FromSeconds(10) }));
        var answer = feed.AnswerAsync(page.Context, English);
        await page.Stuck.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(10));
        await answer.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.True(page.IsAborted);
        Assert.Equal(0, feed.Open);
    }

    [Fact]
    public async Task StopOfTheProcess_EndsIt()
    {
        var (page, feed) = (new Page(), Feed());
        var answer = feed.AnswerAsync(page.Context, English);
        await page.NextAsync();

        await _stopping.CancelAsync();

        await answer.WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task HalfAnHour_EndsItSoThatTheBrowserAsksAnew()
    {
        var (page, feed) = (new Page(), Feed());
        var answer = feed.AnswerAsync(page.Context, English);
        await page.NextAsync();

        await AdvanceUntilAsync(answer, TimeSpan.FromMinutes(31));

        Assert.False(page.IsAborted);
    }

    [Fact]
    public async Task Host_SendsEventsUntilItStops()
    {
        await using var world = await ProxyWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dashboard/feed", UriKind.Relative));
        using var response = await world.Management.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("flights", Names(line!));
        world.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    /// <summary>The feed waits for its next turn some time after it has sent: the clock goes on until it has heard of it.</summary>
    private async Task AdvanceUntilAsync(Task end, TimeSpan step)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (!end.IsCompleted)
        {
            Assert.False(late.IsCancellationRequested, "the feed did not go on");
            _clock.Advance(step);
            await Task.WhenAny(end, Task.Delay(10, CancellationToken.None));
        }
    }

    private static Texts English => LanguageChoice.All.Single(texts => texts.Language == "en");

    private static IEnumerable<string> Names(string text) => JsonSerializer
        .Deserialize<Dictionary<string, string>>(text["data: ".Length..])!.Keys.Order(StringComparer.Ordinal);

    private LiveFeed Feed(DashboardOptions? options = null) =>
        new(Render, options ?? new(), _clock, NullLogger<LiveFeed>.Instance, _stopping.Token);

    private Dictionary<string, Html> Render(Texts texts)
    {
        _rendered++;
        return new(_regions);
    }

    /// <summary>A browser with the page open, whose connection takes what it is sent, or nothing.</summary>
    private sealed class Page : Stream, IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _closed = new();
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly Queue<string> _texts = new();
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly bool _isStuck;

        public Page(bool isStuck = false)
        {
            _isStuck = isStuck;
            Context = new DefaultHttpContext();
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
            Context.Response.Body = this;
            RequestAborted = _closed.Token;
        }

        public DefaultHttpContext Context { get; }

        public bool IsAborted { get; private set; }

        public Task Stuck => _stuck.Task;

        public CancellationToken RequestAborted { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public async Task<string> NextAsync()
        {
            Assert.True(await _arrived.WaitAsync(Deadline, TestContext.Current.CancellationToken), "nothing came");
            lock (_texts)
            {
                return _texts.Dequeue();
            }
        }

        public async Task CloseAsync(Task answer)
        {
            await _closed.CancelAsync();
            await answer.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }

        public void Abort() => IsAborted = true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_isStuck)
            {
                _stuck.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            lock (_texts)
            {
                _texts.Enqueue(Encoding.UTF8.GetString(buffer.Span));
            }

            _arrived.Release();
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
