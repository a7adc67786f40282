using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.TestKit;

/// <summary>A real web server that takes callbacks, and answers as a test says.</summary>
public sealed class CallbackReceiver : IAsyncDisposable
{
    /// <summary>A secret as Standard Webhooks writes them.</summary>
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public const string OtherSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly FakeOrigin _origin;
    private readonly Channel<ReceivedCallback> _received = Channel.CreateUnbounded<ReceivedCallback>();

    private CallbackReceiver(FakeOrigin origin)
    {
        _origin = origin;
        origin.Otherwise = AnswerAsync;
    }

    /// <summary>Such as <c>http://127.0.0.1:40000/hook</c>.</summary>
    public string Url => $"{_origin.Url}/hook";

    /// <summary>Answers each callback once it was read.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public int Count => _origin.Requests.Count;

    public static async Task<CallbackReceiver> StartAsync() => new(await FakeOrigin.StartAsync());

    /// <summary>Answers with a status from now on.</summary>
    public void AnswerWith(int status, string? retryAfter = null) => Answer = context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    };

    /// <summary>The next callback, in the order of their coming.</summary>
    public async Task<ReceivedCallback> NextAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        return await _received.Reader.ReadAsync(limit.Token);
    }

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _received.Writer.TryWrite(
            new ReceivedCallback($"{context.Request.Path}{context.Request.QueryString}", headers, body.ToArray()));
        await Answer(context);
    }
}
