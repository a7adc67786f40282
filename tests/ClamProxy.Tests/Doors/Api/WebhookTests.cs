using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

public sealed class WebhookTests
{
    private const string Targets = "127.0.0.1";

    private readonly byte[] _content = RandomBody.Of(50_000);

    [Fact]
    public async Task UploadWithCallback_ItsReceiverIsTold()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await StartAsync();
        using var form = ApiWorld.Form((_content, "report.pdf"));
        form.Add(new StringContent(receiver.Url), "callback");

        var (status, job, _) = await world.PostAsync("/upload", form);
        var told = await receiver.NextAsync();

        Assert.Equal(202, status);
        Assert.True(told.IsSignedBy(CallbackReceiver.Secret));
        var (_, result) = await world.GetAsync($"/result/{job.GetProperty("id").GetString()}?wait=30s");
        Assert.Equal("CLEAN", result.GetProperty("status").GetString());
        Assert.Equal(Names(result), Names(told.Data));
        Assert.Equal(
            (result.GetProperty("sha256").GetString(), "report.pdf"),
            (told.Data.GetProperty("sha256").GetString(), told.Data.GetProperty("original_filename").GetString()));
        static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);
    }

    [Fact]
    public async Task UrlWithCallback_ItsReceiverIsTold()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await StartAsync();
        world.Host.Origin.On("/a", Eicar.Bytes);

        var (status, _) = await PostAsync(world, "/scan/url", new { url = $"{world.Host.Origin.Url}/a", callback = receiver.Url });

        Assert.Equal(202, status);
        Assert.Equal("INFECTED", (await receiver.NextAsync()).Data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task SubscribedToAFinishedJob_IsToldAtOnceAndListedAsDelivered()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await StartAsync();
        var id = (await world.ResultAsync(_content)).GetProperty("id").GetString()!;
        var url = $"{receiver.Url}?token=1";

        var (status, answer) = await PostAsync(world, "/webhooks/subscribe", new { url, file_id = id });
        var told = await receiver.NextAsync();

        Assert.Equal(200, status);
        Assert.Equal(("subscribed", id, url), (Text(answer, "status"), Text(answer, "file_id"), Text(answer, "url")));
        JsonElement callback;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            var (_, list) = await world.GetAsync($"/webhooks/{id}");
            Assert.Equal(id, Text(list, "file_id"));
            callback = Assert.Single(list.GetProperty("callbacks").EnumerateArray());
            Assert.Equal(receiver.Url, Text(callback, "url"));
        }
        while (Text(callback, "status") != "delivered");

        Assert.Equal((told.Id, 1), (Text(callback, "id"), callback.GetProperty("attempts").GetInt32()));
        Assert.Empty((await world.GetAsync($"/webhooks/{id}")).Body.GetProperty("webhooks").EnumerateArray());
    }

    [Fact]
    public async Task Unsubscribed_IsListedNoMore()
    {
        await using var world = await StartAsync("proxy,api");
        var id = await world.UploadAsync(_content);
        const string Url = "http://127.0.0.1:1/hook?a=b";

        await PostAsync(world, "/webhooks/subscribe", new { url = Url, file_id = id });
        var (_, subscribed) = await world.GetAsync($"/webhooks/{id}");
        var (status, answer) = await PostAsync(world, "/webhooks/unsubscribe", new { url = Url, file_id = id });
        var (again, _) = await PostAsync(world, "/webhooks/unsubscribe", new { url = Url, file_id = id });

        Assert.Equal("http://127.0.0.1:1/hook", Assert.Single(subscribed.GetProperty("webhooks").EnumerateArray()).GetString());
        Assert.Equal("waiting", Text(Assert.Single(subscribed.GetProperty("callbacks").EnumerateArray()), "status"));
        Assert.Equal((200, 200, "unsubscribed"), (status, again, Text(answer, "status")));
        Assert.Empty((await world.GetAsync($"/webhooks/{id}")).Body.GetProperty("callbacks").EnumerateArray());
    }

    [Theory]
    [InlineData("{}", 400, "Send JSON")]
    [InlineData("{\"url\": 1, \"file_id\": \"ID\"}", 400, "Send JSON")]
    [InlineData("{\"url\": \"https://a.example/\", \"file_id\": \"unknown\"}", 404, "no such job")]
    [InlineData("{\"url\": \"http://169.254.169.254/\", \"file_id\": \"ID\"}", 400, "CALLBACK_TARGETS")]
    [InlineData("{\"url\": \"https://user:secret@a.example/\", \"file_id\": \"ID\"}", 400, "password")]
    public async Task WrongSubscription_SaysWhatIsWrong(string body, int expected, string says)
    {
        await using var world = await StartAsync("proxy,api");
        var id = await world.UploadAsync(_content);
        using var content = new StringContent(body.Replace("ID", id, StringComparison.Ordinal), Encoding.UTF8, "application/json");

        var (status, problem, _) = await world.PostAsync("/webhooks/subscribe", content);

        Assert.Equal(expected, status);
        Assert.Contains(says, Text(problem, "detail"), StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync($"/webhooks/{id}")).Body.GetProperty("callbacks").EnumerateArray());
    }

    [Fact]
    public async Task UnknownJob_HasNoList() => Assert.Equal(404, await StatusOfListAsync());

    [Fact]
    public async Task UploadWithForbiddenCallback_IsRefusedAndLeavesNothing()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", [$"--CALLBACK_SECRETS={CallbackReceiver.Secret}"]);
        using var form = ApiWorld.Form((_content, "a"), (_content, "b"));
        form.Add(new StringContent("https://169.254.169.254/latest/meta-data"), "callback");

        var (status, problem, _) = await world.PostAsync("/upload", form);

        Assert.Equal(400, status);
        Assert.Contains("169.254.169.254", Text(problem, "detail"), StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync("/results")).Body.GetProperty("results").EnumerateArray());
        Assert.False(Directory.Exists(world.Objects) && Directory.EnumerateFiles(world.Objects, "*", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task NoSecret_CallbackIsRefused()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form((_content, "a"));
        form.Add(new StringContent("https://hooks.example.org/"), "callback");

        var (status, problem, _) = await world.PostAsync("/upload", form);

        Assert.Equal(400, status);
        Assert.Contains("CALLBACK_SECRETS", Text(problem, "detail"), StringComparison.Ordinal);
    }

    private static Task<ApiWorld> StartAsync(string doors = "proxy,api,worker") =>
        ApiWorld.StartAsync(doors, [$"--CALLBACK_SECRETS={CallbackReceiver.Secret}", $"--CALLBACK_TARGETS={Targets}"]);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task<(int Status, JsonElement Body)> PostAsync(ApiWorld world, string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        var (status, answer, _) = await world.PostAsync(path, content);
        return (status, answer);
    }

    private static async Task<int> StatusOfListAsync()
    {
        await using var world = await StartAsync("proxy,api");
        return (await world.GetAsync("/webhooks/unknown")).Status;
    }
}
