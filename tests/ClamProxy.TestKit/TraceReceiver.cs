using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;

namespace ClamProxy.TestKit;

/// <summary>A real receiver of OTLP that can be asked what it got: the Aspire dashboard, as its NuGet package has it.</summary>
public sealed class TraceReceiver : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ArrivalLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly TempFolder _home = new();
    private readonly HttpClient _client;
    private readonly ServerProcess _process;

    private TraceReceiver()
    {
        var (pages, grpc, http) = (Url(), Url(), Url());
        (Grpc, Http) = (grpc, http);
        _client = new HttpClient { BaseAddress = new UriBuilder(pages).Uri };
        _process = ServerProcess.Start(
            Program,
            [],
            new Dictionary<string, string>
            {
                ["HOME"] = _home.Path,
                ["ASPNETCORE_URLS"] = pages,
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = grpc,
                ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = http,
                ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
                ["Dashboard__Api__Enabled"] = "true",
            });
    }

    /// <summary>Where it takes <c>grpc</c>.</summary>
    public string Grpc { get; }

    /// <summary>Where it takes <c>http/protobuf</c>.</summary>
    public string Http { get; }

    private static string Program => typeof(TraceReceiver).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == nameof(TraceReceiver)).Value!;

    public static async Task<TraceReceiver> StartAsync()
    {
        var receiver = new TraceReceiver();
        try
        {
            await receiver._process.WaitUntilAsync(receiver.AnswersAsync, StartLimit);
            return receiver;
        }
        catch
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has a trace with spans of all these names, and the one that is a child of the client's.</summary>
    /// <param name="client">The client's span.</param>
    /// <param name="traceId">32 hex digits.</param>
    /// <exception cref="TimeoutException">It did not come; the message has the names of those that did.</exception>
    public async Task<IReadOnlyList<ReceivedSpan>> TraceAsync(string traceId, string client, params string[] names)
    {
        using var late = new CancellationTokenSource(ArrivalLimit);
        while (true)
        {
            var spans = await SpansAsync(traceId);
            if (spans.Any(span => span.Parent == client) && names.All(name => spans.Any(span => span.Name == name)))
            {
                return spans;
            }

            try
            {
                await Task.Delay(Between, late.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"of {string.Join(", ", names)} came: {string.Join(", ", spans.Select(span => span.Name))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _home.Dispose();
    }

    private static string Url() => $"http://127.0.0.1:{FreePort.Next()}";

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _client.GetAsync("/api/telemetry/resources");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<IReadOnlyList<ReceivedSpan>> SpansAsync(string traceId)
    {
        using var answer = await _client.GetAsync($"/api/telemetry/traces/{traceId}");
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        answer.EnsureSuccessStatusCode();
        var document = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return
        [
            .. from resource in document.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new ReceivedSpan(
                   span.GetProperty("name").GetString()!,
                   span.GetProperty("spanId").GetString()!,
                   span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
                   span.GetRawText()),
        ];
    }
}
